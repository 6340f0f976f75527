import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** A Lua script; its file's header is its signature. */
export interface Script {
  readonly lua: string;
  /** By which Redis knows it once it has seen it. */
  readonly sha1: string;
}

/** Reads `name`.lua, which lies beside this code. */
export function readScript(name: string): Script {
  const lua = readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

/**
 * Runs a script in one round trip; in two when Redis does not know it: the first time,
 * after a restart, after SCRIPT FLUSH. Scripts that are called one after the other run in
 * that order, except around such a second trip.
 * @returns its answer with strings as Buffers
 */
export async function runScript(
  redis: Redis,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await redis.callBuffer('EVALSHA', script.sha1, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.callBuffer('EVAL', script.lua, keys.length, ...keys, ...args);
  }
}
