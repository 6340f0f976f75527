import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import { openRedisServer, type RedisServer } from '../../src/local-cluster/redis-server.js';
import { createHall } from '../box-office.js';
import { openInterruptibly } from '../interruption.js';
import { openRawClient } from '../load/raw-client.js';
import { spawnBenchNode, type BenchNode } from '../node/spawn-bench-node.js';
import { openPostgresClient } from '../postgres.js';
import { openRedisClient, requireRedis } from '../redis.js';
import { createSeatTables } from './postgres-seats.js';

/** The node, its Postgres and the Redis that all contenders share. */
export interface PeerStage {
  readonly node: BenchNode;
  readonly redis: RedisServer;
  /** To the node's Postgres, with the tables of the peers. */
  readonly postgres: pg.Client;
  /** To the Redis, for its settings. */
  readonly redisAdmin: Redis;
  /** What was opened on the stage is closed with it, the last first. */
  closeAfter(close: () => void | Promise<void>): void;
  close(): Promise<void>;
}

/**
 * Five times the default: each contender is under load a sixth of the time or less, and snapshots
 * are to cost the node the share of that which they cost one under load all the time.
 */
const SNAPSHOT_INTERVAL_MS = 300_000;

/** @throws MachineUnfit when there is no redis-server */
export function openPeerStage(home: string, hallId: string, hallSeats: number): Promise<PeerStage> {
  return openInterruptibly((giveUp) => open(home, hallId, hallSeats, giveUp));
}

async function open(home: string, hallId: string, hallSeats: number, giveUp: AbortSignal): Promise<PeerStage> {
  const closers: (() => void | Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());
  try {
    const keepIn = path.join(home, 'redis');
    await mkdir(keepIn, { recursive: true });
    const redis = await openRedisServer({ redisServer: requireRedis(), keepIn });
    closers.push(() => redis.stop());
    const redisAdmin = openRedisClient(redis.url);
    closers.push(() => {
      redisAdmin.disconnect();
    });
    // Writing its file anew for one peer would fall into the turn of another. Checkpoints of Postgres are as rare.
    await redisAdmin.config('SET', 'auto-aof-rewrite-percentage', '0');
    giveUp.throwIfAborted();
    const dataDir = path.join(home, 'node');
    await mkdir(dataDir, { recursive: true });
    const node = await spawnBenchNode(dataDir, { snapshotIntervalMs: SNAPSHOT_INTERVAL_MS });
    closers.push(() => node.stop());
    const client = await openRawClient(node.grpcAddress);
    await createHall(client, hallId, hallSeats);
    client.close();
    const postgres = await openPostgresClient(node.postgresUrl);
    closers.push(() => postgres.end());
    await createSeatTables(postgres, 'classic');
    await createSeatTables(postgres, 'classic_defaults');
    await createSeatTables(postgres, 'postgres');
    return { node, redis, postgres, redisAdmin, close, closeAfter: (closer) => closers.push(closer) };
  } catch (error) {
    await close();
    throw error;
  }
}
