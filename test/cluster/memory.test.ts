import { memoryBus, memoryLeases, memoryReadCache, MemoryStore } from '../../src/cluster/memory/index.js';
import { systemRandomness } from '../../src/runtime/index.js';
import { busContract } from '../conformance/bus.js';
import { CACHE, LEASE_TTL_MS, noteCodec, type ClusterFixture } from '../conformance/cluster-fixture.js';
import { leasesContract } from '../conformance/leases.js';
import { readCacheContract } from '../conformance/read-cache.js';
import { manualClock } from '../runtime/manual-clock.js';

/** Nothing but the lease or entry in question runs out: the others are written anew with the time they had left. */
async function openMemoryFixture(): Promise<ClusterFixture> {
  const clock = manualClock();
  const store = new MemoryStore(clock, systemRandomness());
  const expire = async <Stored extends { readonly expiresAtMs: number }>(
    stored: Map<string, Stored>,
    key: string,
    ttlMs: number,
  ): Promise<void> => {
    await clock.pass(ttlMs);
    for (const [other, kept] of stored) if (other !== key) stored.set(other, { ...kept, expiresAtMs: clock.now() + 1 });
  };
  return {
    node: () =>
      Promise.resolve({
        leases: memoryLeases(store, { leaseTtlMs: LEASE_TTL_MS }),
        bus: memoryBus(store, noteCodec),
        cache: memoryReadCache(store, CACHE),
      }),
    expireLease: (nodeId) => expire(store.leases, nodeId, LEASE_TTL_MS),
    expireEntry: (key) => expire(store.entries, key, CACHE.cacheTtlMs),
    flush: async () => {
      store.flush();
    },
    goAway: () => {
      store.goAway();
    },
    comeBack: () => {
      store.comeBack();
    },
    close: () => Promise.resolve(),
  };
}

describe('the cluster in memory', () => {
  describe('leases', () => {
    leasesContract(openMemoryFixture);
  });
  describe('bus', () => {
    busContract(openMemoryFixture);
  });
  describe('read cache', () => {
    readCacheContract(openMemoryFixture);
  });
});
