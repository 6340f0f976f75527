/** Redis as the place where nodes meet: the only door of this folder. */
export { openRedis, type RedisOptions, type RedisPorts } from './open-redis.js';
export type { RedisProbe } from './log.js';
