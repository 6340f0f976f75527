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
