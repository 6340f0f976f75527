import type { Ownership } from '../../runtime/ports.js';
import type { NodeIdentity } from '../storage.js';
import type { MemoryTables } from './tables.js';

export function memoryOwnership(tables: MemoryTables, { nodeId, bootId }: NodeIdentity): Ownership {
  return {
    async claim(entityId) {
      await Promise.resolve();
      const owner = tables.owners.get(entityId);
      if (owner === undefined) return undefined;
      tables.owners.set(entityId, { ...owner, epoch: owner.epoch + 1, holder: { nodeId, bootId } });
      return { epoch: owner.epoch + 1, revision: owner.revision };
    },
    async stillHeld(owned) {
      await Promise.resolve();
      return owned.map(({ entityId, epoch }) => tables.owners.get(entityId)?.epoch === epoch);
    },
    async dueBefore(untilMs, limit) {
      await Promise.resolve();
      return [...tables.owners]
        .flatMap(([entityId, { wakeAtMs }]) => (wakeAtMs === null ? [] : [{ entityId, wakeAtMs }]))
        .filter(({ wakeAtMs }) => wakeAtMs <= untilMs)
        .sort((a, b) => a.wakeAtMs - b.wakeAtMs || (a.entityId < b.entityId ? -1 : 1))
        .slice(0, limit);
    },
  };
}
