import type { CacheRead, ReadCache } from '../../src/cluster/ports.js';

/** A read cache in memory, as nodes share it. */
export class SharedCache implements ReadCache {
  readonly entries = new Map<string, { readonly token: string } | { readonly value: Uint8Array }>();
  isAway = false;
  /** Runs before a value is kept: the moment in which an invalidation may overtake it. */
  beforeWrite: () => void = () => undefined;
  private tokens = 0;

  async read(key: string): Promise<CacheRead | undefined> {
    if (this.isAway) return undefined;
    const entry = this.entries.get(key);
    if (entry !== undefined && 'value' in entry) return { kind: 'hit', value: entry.value };
    const token = entry?.token ?? String((this.tokens += 1));
    this.entries.set(key, { token });
    return { kind: 'miss', token };
  }

  async write(key: string, token: string, value: Uint8Array): Promise<void> {
    this.beforeWrite();
    const entry = this.entries.get(key);
    if (!this.isAway && entry !== undefined && 'token' in entry && entry.token === token)
      this.entries.set(key, { value });
  }

  invalidate(keys: readonly string[]): void {
    for (const key of keys) this.entries.delete(key);
  }

  holds(key: string): boolean {
    const entry = this.entries.get(key);
    return entry !== undefined && 'value' in entry;
  }
}
