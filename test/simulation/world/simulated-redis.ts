import type { SeatMapChange } from '../../../actors/screening/turn-changes.js';
import { memoryLeases, memoryReadCache, MemoryStore } from '../../../src/cluster/memory/index.js';
import type { Leases, ReadCache } from '../../../src/cluster/ports.js';
import type { Bus, Clock, OwnerNotice } from '../../../src/runtime/index.js';
import { screeningNotices } from '../../../src/streams/index.js';
import type { Host } from '../kernel/host.js';
import { EPOCH_MS } from '../kernel/host-clock.js';
import { hostRandomness } from '../kernel/host-randomness.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Prng } from '../../support/prng.js';
import type { Calls } from './calls.js';
import type { Network } from './network.js';
import { SimulatedBus } from './simulated-bus.js';
import { SimulatedLeases } from './simulated-leases.js';

export interface SimulatedRedisOptions {
  /** How far its clock is ahead of true time. */
  readonly clockAheadMs: number;
  readonly leaseTtlMs: number;
  readonly commandTimeoutMs: number;
  readonly cacheTtlMs: number;
  readonly cacheValueBytesMax: number;
}

/**
 * A Redis: leases, the read cache and the bus of a cluster, on a clock of its own. It
 * forgets, it freezes, it dies, and nothing that is right may depend on it.
 */
export class SimulatedRedis {
  private aheadMs: number;
  private readonly store: MemoryStore;
  private readonly leases: SimulatedLeases;
  private readonly cache: ReadCache;
  private readonly bus: SimulatedBus<OwnerNotice<SeatMapChange>>;

  constructor(
    readonly host: Host,
    kernel: Kernel,
    private readonly calls: Calls,
    network: Network,
    chance: Prng,
    private readonly options: SimulatedRedisOptions,
  ) {
    this.aheadMs = options.clockAheadMs;
    const clock = { now: () => Math.floor(EPOCH_MS + kernel.nowMs + this.aheadMs), ...hostTimers(kernel, host) };
    const store = new MemoryStore(clock, hostRandomness(chance));
    this.store = store;
    this.leases = new SimulatedLeases(host, memoryLeases(store, options), calls, network, options);
    this.cache = memoryReadCache(store, options);
    this.bus = new SimulatedBus(kernel, host, network, screeningNotices, (keys) => {
      for (const key of keys) store.entries.delete(key);
    });
  }

  leasesFor(client: Host): Leases {
    return this.leases.leasesFor(client);
  }

  busFor(client: Host): Bus<OwnerNotice<SeatMapChange>> {
    return this.bus.busFor(client);
  }

  cacheFor(client: Host): ReadCache {
    const ask = async <Reply>(what: string, effect: () => Promise<Reply>): Promise<Reply | undefined> => {
      const options = { what, timeoutMs: this.options.commandTimeoutMs, mayRepeat: false };
      const outcome = await this.calls.make(client, this.host, options, effect);
      return outcome.kind === 'replied' ? outcome.reply : undefined;
    };
    const { cache } = this;
    return {
      read: (key) => ask('read cache', () => cache.read(key)),
      async write(key, token, value) {
        await ask('write cache', async () => {
          await cache.write(key, token, value);
        });
      },
    };
  }

  /** Loses everything it has. */
  flush(): void {
    this.store.flush();
  }

  /** Loses one key: the lease of this node, as in a failover to a replica that lagged. */
  loseLease(nodeId: string): void {
    this.store.leases.delete(nodeId);
  }

  /** Somebody sets its wall clock, by which leases run out. */
  setClock(aheadMs: number): void {
    this.aheadMs = aheadMs;
  }
}

/** What a process that is no node needs of time: whatever it had to do when it died it does not do. */
function hostTimers(kernel: Kernel, host: Host): Omit<Clock, 'now'> {
  return {
    monotonic: () => kernel.nowMs,
    after: (delayMs, run) => kernel.schedule(host, delayMs, run),
    soon: (run) => void kernel.schedule(host, 0, run),
  };
}
