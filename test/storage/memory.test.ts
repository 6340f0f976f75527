import { memoryTables, openMemoryStorage } from '../../src/storage/memory/index.js';
import { storageContract } from '../conformance/storage.js';

describe('memory storage', () => {
  storageContract(() => {
    const tables = memoryTables();
    const node = { nodeId: 'first', bootId: 'boot-1' };
    const storage = openMemoryStorage({ tables, node });
    return Promise.resolve({
      storage,
      node,
      storageOf: (other) => Promise.resolve(openMemoryStorage({ tables, node: other })),
      bookedSeats: (screeningId) => Promise.resolve(Object.fromEntries(tables.bookedSeats.get(screeningId) ?? [])),
      damageNewestSnapshot(screeningId) {
        const [newest, ...older] = tables.snapshots.get(screeningId) ?? [];
        if (newest === undefined) throw new Error('no snapshot to damage');
        const state = newest.state.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
        tables.snapshots.set(screeningId, [{ ...newest, state }, ...older]);
        return Promise.resolve();
      },
      close: () => storage.close(),
    });
  });
});
