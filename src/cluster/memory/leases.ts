import { decodeMember, encodeMember } from '../member-record.js';
import type { ClusterView, Member } from '../member.js';
import { LeasesUnavailable, type Leases } from '../ports.js';
import type { MemoryStore } from './store.js';

const VIEW_CHANGED = 'view-changed';

/** The same leases as Redis'. Every answer comes in a later microtask. */
export function memoryLeases(store: MemoryStore, { leaseTtlMs }: { readonly leaseTtlMs: number }): Leases {
  const reach = async (): Promise<void> => {
    await Promise.resolve(); // no answer before the caller went on
    if (store.isAway()) throw new LeasesUnavailable('the memory store is away');
  };
  return {
    async renew(member) {
      await reach();
      const { nodeId, bootId } = member;
      const held = store.lease(nodeId);
      const isTaken = held !== undefined && held.bootId !== bootId;
      if (!isTaken) {
        const expiresAtMs = store.clock.now() + leaseTtlMs;
        store.leases.set(nodeId, { bootId, record: encodeMember(member), expiresAtMs });
      }
      const view = look(store, nodeId);
      if (!isTaken) return { kind: 'held', view, wasMissing: held === undefined };
      return { kind: 'taken', by: read(held.record), view };
    },
    async release(nodeId, bootId) {
      await reach();
      if (store.lease(nodeId)?.bootId !== bootId) return;
      store.leases.delete(nodeId);
      if (store.told.delete(nodeId)) raiseVersion(store);
    },
    onChange: (changed) => store.listen(VIEW_CHANGED, { receive: () => changed(), heard: changed }),
  };
}

/** Who is alive; raises the version when that is not what was told before. */
function look(store: MemoryStore, nodeId: string): ClusterView {
  let changed = false;
  for (const id of new Set([nodeId, ...store.told.keys()])) {
    const record = store.lease(id)?.record;
    if (record === store.told.get(id)) continue;
    changed = true;
    if (record === undefined) store.told.delete(id);
    else store.told.set(id, record);
  }
  if (changed) raiseVersion(store);
  const ids = [...store.told].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    generation: store.generation,
    version: store.version,
    members: ids.map(([, record]) => read(record)),
  };
}

function raiseVersion(store: MemoryStore): void {
  store.version += 1;
  store.publish(VIEW_CHANGED, { origin: 'store', bytes: new Uint8Array() });
}

function read(record: string): Member {
  const member = decodeMember(record);
  if (member === undefined) throw new Error(`not a record: ${record}`);
  return member;
}
