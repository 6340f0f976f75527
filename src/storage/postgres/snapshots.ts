import { createHash } from 'node:crypto';
import type { Snapshots } from '../../runtime/ports.js';
import type { SqlPool } from './pool.js';

/** Of the row, not of the state inside it, whose encoding names its own version. */
const FORMAT = 1;
const KEPT = 2;

/**
 * @param commands pool whose statements may write.
 * @param reads pool of reads without predicate locks.
 */
export function postgresSnapshots(commands: SqlPool, reads: SqlPool): Snapshots {
  return {
    async load(entityId) {
      const rows = await reads.query<{ revision: number; checksum: Buffer; state: Buffer }>(
        'snapshot-load',
        `SELECT revision::float8 AS revision, checksum, state FROM screening_snapshot
         WHERE screening_id = $1 AND format = $2 ORDER BY screening_snapshot.revision DESC LIMIT $3`,
        [entityId, FORMAT, KEPT],
      );
      return rows
        .filter(({ revision, checksum, state }) => checksumOf(entityId, revision, state).equals(checksum))
        .map(({ revision, state }) => ({ revision, state }));
    },
    async save(entityId, epoch, { revision, state }) {
      const { buffer, byteOffset, byteLength } = state;
      // FOR SHARE: a takeover waits for this statement, and this one for a takeover. The
      // row is locked for the time of one insert; appends of this entity wait as long.
      const saved = await commands.query<{ saved: number }>(
        'snapshot-save',
        `WITH owned AS (
           SELECT screening_id FROM screening_owner WHERE screening_id = $1 AND epoch = $2::bigint FOR SHARE
         )
         INSERT INTO screening_snapshot AS s (screening_id, revision, epoch, format, checksum, state)
         SELECT screening_id, $3::bigint, $2::bigint, $4, $5, $6 FROM owned
         ON CONFLICT (screening_id, revision) DO UPDATE
         SET epoch = excluded.epoch, format = excluded.format, checksum = excluded.checksum, state = excluded.state
         RETURNING 1 AS saved`,
        [
          ...[entityId, epoch, revision, FORMAT, checksumOf(entityId, revision, state)],
          Buffer.from(buffer, byteOffset, byteLength),
        ],
      );
      if (saved.length === 0) return false;
      // A statement of its own: reading the table in the one that inserts would let the
      // snapshots of neighbouring screenings undo each other at SERIALIZABLE.
      await commands.query(
        'snapshot-prune',
        `DELETE FROM screening_snapshot WHERE screening_id = $1 AND revision < (
           SELECT s.revision FROM screening_snapshot s WHERE s.screening_id = $1
           ORDER BY s.revision DESC LIMIT 1 OFFSET ${String(KEPT - 1)})`,
        [entityId],
      );
      return true;
    },
  };
}

/** Over the key too: a row that was copied to another place is as bad as a changed one. */
function checksumOf(entityId: string, revision: number, state: Uint8Array): Buffer {
  return createHash('sha256')
    .update(`${String(FORMAT)}\n${entityId}\n${String(revision)}\n`)
    .update(state)
    .digest();
}
