import type { Clock, Randomness } from '../../runtime/index.js';

export interface StoredLease {
  readonly bootId: string;
  /** encodeMember of who has it. */
  readonly record: string;
  readonly expiresAtMs: number;
}

export interface StoredEntry {
  readonly content: { readonly value: Uint8Array } | { readonly token: string };
  readonly expiresAtMs: number;
}

export interface Published {
  /** Who published it. */
  readonly origin: string;
  readonly bytes: Uint8Array;
}

/** Hears what is published on a channel, and that it is heard from now on. */
export interface ChannelListener {
  readonly receive: (published: Published) => void;
  readonly heard: () => void;
}

/**
 * What a Redis would hold, and its pub/sub, in the memory of this process: the nodes of a
 * test or a simulation share one. Time passes on the clock it is given; what is published
 * arrives in a later macrotask of that clock, in the order of publishing.
 */
export class MemoryStore {
  /** By node id. */
  readonly leases = new Map<string, StoredLease>();
  /** The read cache. */
  readonly entries = new Map<string, StoredEntry>();
  /** Who was last told to be alive: records by node id. */
  readonly told = new Map<string, string>();
  generation: string;
  version = 0;

  private readonly channels = new Map<string, Set<ChannelListener>>();
  private away = false;

  constructor(
    readonly clock: Clock,
    readonly randomness: Randomness,
  ) {
    this.generation = randomness.token();
  }

  /** Whether it cannot be reached. */
  isAway(): boolean {
    return this.away;
  }

  /** Nobody reaches it any more; nothing in it is lost, and time goes on. */
  goAway(): void {
    this.away = true;
  }

  /** Everybody reaches it again. */
  comeBack(): void {
    if (!this.away) return;
    this.away = false;
    for (const channel of this.channels.keys()) this.announce(channel);
  }

  /** Loses everything but who listens, as FLUSHALL does. */
  flush(): void {
    this.leases.clear();
    this.entries.clear();
    this.told.clear();
    this.generation = this.randomness.token();
    this.version = 0;
  }

  /** Undefined when there is none or it ran out. */
  lease(nodeId: string): StoredLease | undefined {
    return this.unexpired(this.leases, nodeId);
  }

  /** Undefined when there is none or it ran out. */
  entry(key: string): StoredEntry | undefined {
    return this.unexpired(this.entries, key);
  }

  publish(channel: string, published: Published): void {
    this.later(channel, (listener) => {
      listener.receive(published);
    });
  }

  /** @returns ends it; idempotent */
  listen(channel: string, listener: ChannelListener): () => void {
    const listeners = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, listeners.add(listener));
    this.announce(channel);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.channels.get(channel) === listeners) this.channels.delete(channel);
    };
  }

  private announce(channel: string): void {
    this.later(channel, (listener) => {
      listener.heard();
    });
  }

  /** Tells those who listen now, if they still do and the store can be reached then. */
  private later(channel: string, tell: (listener: ChannelListener) => void): void {
    const now = [...(this.channels.get(channel) ?? [])];
    this.clock.soon(() => {
      if (this.away) return;
      for (const listener of now) if (this.channels.get(channel)?.has(listener) === true) tell(listener);
    });
  }

  private unexpired<Stored extends { readonly expiresAtMs: number }>(
    stored: Map<string, Stored>,
    key: string,
  ): Stored | undefined {
    const found = stored.get(key);
    if (found === undefined || found.expiresAtMs > this.clock.now()) return found;
    stored.delete(key);
    return undefined;
  }
}
