/** Redis as the place where nodes meet: the only door of this folder. */
export { openRedis, type ClusterRedis, type RedisOptions, type RedisPorts } from './open-redis.js';
export type { RedisLog, RedisProbe } from './log.js';
