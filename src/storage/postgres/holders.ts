import type { Holder, Holders } from '../../cluster/ports.js';
import { requireHeldLimit } from '../page-size.js';
import type { SqlPool } from './pool.js';

/** Rows of one update: its locks hold up the appends to them. */
const LET_GO_AT_ONCE = 500;

/** Both or neither: one statement writes them. */
interface HolderColumns {
  readonly nodeId: string | null;
  readonly bootId: string | null;
}

/**
 * @param commands pool whose statements may write.
 * @param reads pool of reads without predicate locks.
 */
export function postgresHolders(commands: SqlPool, reads: SqlPool): Holders {
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
    async letGoOfAll({ nodeId, bootId }) {
      for (;;) {
        // Found apart from the update, which at SERIALIZABLE would lock all it looks through
        // against the appends of other nodes.
        const held = await reads.query<{ entityId: string }>(
          'held-by',
          `SELECT screening_id AS "entityId" FROM screening_owner WHERE node_id = $1 AND boot_id = $2 LIMIT $3`,
          [nodeId, bootId, LET_GO_AT_ONCE],
        );
        if (held.length === 0) return;
        await commands.query(
          'let-go',
          `UPDATE screening_owner SET node_id = NULL, boot_id = NULL
           WHERE screening_id = ANY ($1::text[]) AND node_id = $2 AND boot_id = $3`,
          [held.map(({ entityId }) => entityId), nodeId, bootId],
        );
      }
    },
  };
}

function holderIn({ nodeId, bootId }: HolderColumns): Holder | undefined {
  return nodeId === null || bootId === null ? undefined : { nodeId, bootId };
}
