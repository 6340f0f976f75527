import { Redis } from 'ioredis';
import { findOrInstallRedisServer } from '../src/setup/redis.mjs';
import { MachineUnfit } from './machine.js';

/** Path of redis-server, to be asked for before anything is started. @throws MachineUnfit that says what to install */
export function requireRedis(): string {
  try {
    return findOrInstallRedisServer();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MachineUnfit(`no redis-server: ${why.trim().replace(/\.$/, '')}`);
  }
}

/**
 * A client of a Redis that was started for the benchmark. It tells nobody when that is gone, as it is once the
 * benchmark was interrupted: whoever uses it hears.
 */
export function openRedisClient(url: string): Redis {
  const redis = new Redis(url);
  redis.on('error', () => undefined);
  return redis;
}
