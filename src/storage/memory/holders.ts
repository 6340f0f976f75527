import type { Holders } from '../../cluster/ports.js';
import { requireHeldLimit } from '../page-size.js';
import type { MemoryTables, OwnerRow } from './tables.js';

export function memoryHolders({ owners }: MemoryTables): Holders {
  return {
    async holders() {
      await Promise.resolve();
      const counts = new Map<string, { readonly holder: OwnerRow['holder']; entities: number }>();
      for (const { holder } of owners.values()) {
        const key = holder === undefined ? '' : `${holder.nodeId} ${holder.bootId}`;
        const count = counts.get(key) ?? { holder, entities: 0 };
        counts.set(key, { ...count, entities: count.entities + 1 });
      }
      return [...counts].sort(byKey).map(([, count]) => count);
    },
    async holderOf(entityId) {
      await Promise.resolve();
      const owner = owners.get(entityId);
      if (owner === undefined) return undefined;
      const { holder, epoch, revision } = owner;
      return { holder, epoch, revision };
    },
    async listHeld(afterId, limit) {
      requireHeldLimit(limit);
      await Promise.resolve();
      return [...owners]
        .filter(([entityId]) => afterId === undefined || entityId > afterId)
        .sort(byKey)
        .flatMap(([entityId, { holder }]) => (holder === undefined ? [] : [{ entityId, holder }]))
        .slice(0, limit);
    },
    async letGoOfAll({ nodeId, bootId }) {
      await Promise.resolve();
      for (const [entityId, owner] of owners) {
        const isIts = owner.holder?.nodeId === nodeId && owner.holder.bootId === bootId;
        if (isIts) owners.set(entityId, { ...owner, holder: undefined });
      }
    },
  };
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
