import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { openRedisServer, type RedisServer } from '../../src/local-cluster/redis-server.js';
import { findOrInstallRedisServer } from '../../src/setup/redis.mjs';

/** A part of a Redis that nobody else uses, and a look at it that is not through the code under test. */
export interface TestRedis {
  readonly url: string;
  readonly keyPrefix: string;
  /** Of this test; for anything but losing what others keep there. */
  readonly client: Redis;
  /** Removes what is under the prefix. Idempotent. */
  drop(): Promise<void>;
}

let shared: Promise<RedisServer> | undefined;

const start = (): Promise<RedisServer> => openRedisServer({ redisServer: findOrInstallRedisServer() });

after('stop the test Redis', async () => {
  await (await shared)?.stop();
  shared = undefined;
});

/** A prefix of the caller's own, in REDIS_URL when that is set, else in the one server of this process. */
export async function freshRedis(): Promise<TestRedis> {
  const given = process.env['REDIS_URL'];
  return openTestRedis(given === undefined || given === '' ? (await (shared ??= start())).url : given);
}

/** A server of the caller's own: to be killed, frozen, flushed and filled with garbage. The caller stops it. */
export function ownRedisServer(): Promise<RedisServer> {
  return start();
}

export function openTestRedis(url: string): TestRedis {
  const client = new Redis(url);
  // What a test does to its server is no news to it.
  client.on('error', () => undefined);
  const keyPrefix = `test-${randomBytes(8).toString('hex')}`;
  const clear = async (): Promise<void> => {
    for await (const keys of client.scanStream({ match: `{${keyPrefix}}:*`, count: 1_000 })) {
      if (Array.isArray(keys) && keys.length > 0) await client.del(...keys.map(String));
    }
    client.disconnect();
  };
  let dropped: Promise<void> | undefined;
  return { url, keyPrefix, client, drop: () => (dropped ??= clear()) };
}
