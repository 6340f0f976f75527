import { expect } from 'chai';
import { memoryBus, memoryLeases, memoryReadCache, MemoryStore } from '../../src/cluster/memory/index.js';
import type { Member } from '../../src/cluster/index.js';
import { readConfig } from '../../src/config/index.js';
import { openCluster } from '../../src/node/cluster.js';
import { systemClock as clock, systemRandomness } from '../../src/runtime/index.js';
import { memoryTables, openMemoryStorage } from '../../src/storage/memory/index.js';
import { screeningNotices } from '../../src/streams/index.js';
import { openLog, openMetrics } from '../../src/telemetry/index.js';

describe('a node that joins a cluster', () => {
  it('takes no share from its first lease on when something was wrong with it before', async () => {
    const identity = { nodeId: 'node-1', bootId: 'boot-1' };
    const config = readConfig({ node: { id: 'node-1', logLevel: 'silent' } }, 'test configuration');
    const store = new MemoryStore(clock, systemRandomness());
    const leases = memoryLeases(store, config.cluster);
    const told: Member[] = [];
    const stops: (() => Promise<void> | void)[] = [];
    const cluster = openCluster(
      {
        ...{ config, clock, identity, randomness: systemRandomness() },
        log: openLog('silent', 'node-1'),
        metrics: openMetrics('node-1'),
        onStop: (stop) => stops.unshift(stop),
      },
      openMemoryStorage({ tables: memoryTables(), node: identity }),
      {
        leases: { ...leases, renew: (member) => (told.push(member), leases.renew(member)) },
        bus: memoryBus(store, screeningNotices),
        cache: memoryReadCache(store, config.redis),
        links: {
          call: () => Promise.reject(new Error('nobody else is here')),
          keepOnly: () => undefined,
          problemWith: () => undefined,
          close: () => Promise.resolve(),
        },
        listen: () => Promise.resolve('127.0.0.1:1'),
      },
    );
    cluster.setFitness('its clock is off');
    const residents = {
      ids: () => [][Symbol.iterator](),
      isAtWork: () => false,
      release: () => Promise.resolve(),
      bringIn: () => Promise.resolve(),
    };
    await cluster.join({ residents, ownerMethods: new Map(), grpcAddress: '127.0.0.1:2', httpAddress: '127.0.0.1:3' });
    expect(told[0]?.state).to.equal('unfit');
    for (const stop of stops) await stop();
  });
});
