import { createHash } from 'node:crypto';
import type { Snapshots } from '../../runtime/ports.js';
import type { MemoryTables } from './tables.js';

const KEPT = 2;

export function memorySnapshots(tables: MemoryTables): Snapshots {
  return {
    async load(entityId) {
      await Promise.resolve();
      return (tables.snapshots.get(entityId) ?? [])
        .filter(({ state, checksum }) => checksumOf(state) === checksum)
        .map(({ revision, state }) => ({ revision, state: state.slice() }));
    },
    async save(entityId, epoch, { revision, state }) {
      await Promise.resolve();
      if (tables.owners.get(entityId)?.epoch !== epoch) return false;
      const others = (tables.snapshots.get(entityId) ?? []).filter((other) => other.revision !== revision);
      const all = [...others, { revision, state: state.slice(), checksum: checksumOf(state) }];
      tables.snapshots.set(entityId, all.sort((a, b) => b.revision - a.revision).slice(0, KEPT));
      return true;
    },
  };
}

function checksumOf(state: Uint8Array): string {
  return createHash('sha256').update(state).digest('base64');
}
