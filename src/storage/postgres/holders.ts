import type { Holder, Holders } from '../../cluster/ports.js';
import { requireHeldLimit } from '../page-size.js';
import type { SqlPool } from './pool.js';

/** Both or neither: one statement writes them. */
interface HolderColumns {
  readonly nodeId: string | null;
  readonly bootId: string | null;
}

/** @param reads pool of reads without predicate locks. */
export function postgresHolders(reads: SqlPool): Holders {
  return {
    async holders() {
      const rows = await reads.query<HolderColumns & { entities: number }>(
        'holders',
        `SELECT node_id AS "nodeId", boot_id AS "bootId", count(*)::float8 AS entities FROM screening_owner
         GROUP BY node_id, boot_id ORDER BY node_id COLLATE "C" NULLS FIRST, boot_id COLLATE "C"`,
        [],
      );
      return rows.map((row) => ({ holder: holderIn(row), entities: row.entities }));
    },
    async holderOf(entityId) {
      const [row] = await reads.query<HolderColumns & { epoch: number; revision: number }>(
        'holder-of',
        `SELECT node_id AS "nodeId", boot_id AS "bootId", epoch::float8 AS epoch, revision::float8 AS revision
         FROM screening_owner WHERE screening_id = $1`,
        [entityId],
      );
      return row === undefined ? undefined : { holder: holderIn(row), epoch: row.epoch, revision: row.revision };
    },
    async listHeld(afterId, limit) {
      requireHeldLimit(limit);
      const rows = await reads.query<Holder & { entityId: string }>(
        'list-held',
        // No id is empty, so the empty text is before all.
        `SELECT screening_id AS "entityId", node_id AS "nodeId", boot_id AS "bootId" FROM screening_owner
         WHERE screening_id > $1 AND node_id IS NOT NULL ORDER BY screening_id LIMIT $2`,
        [afterId ?? '', limit],
      );
      return rows.map(({ entityId, nodeId, bootId }) => ({ entityId, holder: { nodeId, bootId } }));
    },
  };
}

function holderIn({ nodeId, bootId }: HolderColumns): Holder | undefined {
  return nodeId === null || bootId === null ? undefined : { nodeId, bootId };
}
