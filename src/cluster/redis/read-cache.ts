import type { Randomness } from '../../runtime/index.js';
import type { ReadCache } from '../ports.js';
import type { RedisConnection } from './connect.js';
import { isRefusal, reasonOf } from './errors.js';
import { rarely, type RedisLog, type RedisProbe } from './log.js';
import type { Names } from './names.js';
import { readScript } from './script.js';

export interface CacheOptions {
  /** How long a value is kept at most, and a token is good. */
  readonly cacheTtlMs: number;
  /** Larger values are not written. */
  readonly cacheValueBytesMax: number;
}

const VALUE = 'v';
const TOKEN = 't';

/** A cache whose values are thrown away by the messages of the bus (publish.lua) that make them outdated. */
export function redisReadCache(
  connection: RedisConnection,
  names: Names,
  { cacheTtlMs, cacheValueBytesMax }: CacheOptions,
  randomness: Randomness,
  log: RedisLog,
  probe: RedisProbe,
): ReadCache {
  const readCache = readScript('read-cache');
  const writeCache = readScript('write-cache');
  const valueMark = Buffer.from(VALUE);
  const sayRefused = rarely(log, 'error', 'Redis refuses to cache');

  /** Undefined when there is no good answer. */
  const ask = async (answer: Promise<unknown>): Promise<unknown> => {
    try {
      return await answer;
    } catch (error) {
      if (isRefusal(error)) sayRefused({ reason: reasonOf(error) });
      return undefined;
    }
  };

  return {
    async read(key) {
      const entry = await ask(connection.run(readCache, [names.cached(key)], [randomness.token(), cacheTtlMs]));
      const kind = Buffer.isBuffer(entry) ? entry.toString('latin1', 0, 1) : undefined;
      if (!Buffer.isBuffer(entry) || (kind !== VALUE && kind !== TOKEN)) {
        probe.cacheRead('away');
        return undefined;
      }
      const content = entry.subarray(1);
      probe.cacheRead(kind === VALUE ? 'hit' : 'miss');
      return kind === VALUE ? { kind: 'hit', value: content } : { kind: 'miss', token: content.toString() };
    },
    async write(key, token, value) {
      if (value.length > cacheValueBytesMax) return;
      const entry = Buffer.concat([valueMark, value]);
      await ask(connection.run(writeCache, [names.cached(key)], [token, entry, cacheTtlMs]));
    },
  };
}
