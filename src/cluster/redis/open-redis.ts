import type { Bus, Randomness } from '../../runtime/index.js';
import type { BusCodec } from '../bus-codec.js';
import type { Leases, ReadCache } from '../ports.js';
import { redisBus, type BusOptions } from './bus.js';
import { connectRedis, type ConnectionOptions } from './connect.js';
import { redisLeases, type LeaseOptions } from './leases.js';
import { silentLog, silentRedisProbe, type RedisLog, type RedisProbe } from './log.js';
import { clusterNames } from './names.js';
import { redisReadCache, type CacheOptions } from './read-cache.js';

export interface RedisOptions extends ConnectionOptions, BusOptions, CacheOptions {
  /** Before every key and channel, in braces. Nodes of one cluster have the same. */
  readonly keyPrefix: string;
}

export interface RedisPorts {
  readonly randomness: Randomness;
  readonly log?: RedisLog;
  readonly probe?: RedisProbe;
}

/** What the nodes of a cluster have in common in one Redis. */
export interface ClusterRedis {
  leases(options: LeaseOptions): Leases;
  /** One for each kind of message; topics of two of them must differ. */
  bus<Message>(codec: BusCodec<Message>): Bus<Message>;
  readCache(): ReadCache;
  /** Why Redis cannot be reached; undefined while it is. */
  problem(): string | undefined;
  /** Ends the connections; everything made from them goes on as if Redis were away. Idempotent. */
  close(): Promise<void>;
}

/** Resolves when Redis is reached or a first attempt failed; it is tried again for ever. Never rejects. */
export async function openRedis(options: RedisOptions, ports: RedisPorts): Promise<ClusterRedis> {
  const { randomness, log = silentLog, probe = silentRedisProbe } = ports;
  const names = clusterNames(options.keyPrefix);
  const connection = await connectRedis(options, randomness, log);
  return {
    leases: (leaseOptions) => redisLeases(connection, names, leaseOptions, randomness, log),
    bus: (codec) => redisBus(connection, names, codec, options, randomness, log, probe),
    readCache: () => redisReadCache(connection, names, options, randomness, log, probe),
    problem: () => connection.problem(),
    close: () => connection.close(),
  };
}
