import type { ReadCache } from '../ports.js';
import type { MemoryStore } from './store.js';

export interface MemoryCacheOptions {
  /** How long a value is kept at most, and a token is good. */
  readonly cacheTtlMs: number;
  /** Larger values are not written. */
  readonly cacheValueBytesMax: number;
}

/** The same cache as Redis'; its values are thrown away by the messages of memoryBus. Every answer comes in a later microtask. */
export function memoryReadCache(store: MemoryStore, options: MemoryCacheOptions): ReadCache {
  const { cacheTtlMs, cacheValueBytesMax } = options;
  const expiresAtMs = (): number => store.clock.now() + cacheTtlMs;
  return {
    async read(key) {
      await Promise.resolve();
      if (store.isAway()) return undefined;
      const entry = store.entry(key);
      if (entry === undefined) {
        const token = store.randomness.token();
        store.entries.set(key, { content: { token }, expiresAtMs: expiresAtMs() });
        return { kind: 'miss', token };
      }
      const { content } = entry;
      return 'value' in content
        ? { kind: 'hit', value: content.value.slice() }
        : { kind: 'miss', token: content.token };
    },
    async write(key, token, value) {
      await Promise.resolve();
      if (store.isAway() || value.length > cacheValueBytesMax) return;
      const content = store.entry(key)?.content;
      if (content === undefined || !('token' in content) || content.token !== token) return;
      store.entries.set(key, { content: { value: value.slice() }, expiresAtMs: expiresAtMs() });
    },
  };
}
