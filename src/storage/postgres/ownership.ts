import type { Claim, Ownership } from '../../runtime/ports.js';
import type { NodeIdentity } from '../storage.js';
import type { SqlPool } from './pool.js';

/**
 * @param commands pool whose statements may write.
 * @param reads pool of reads without predicate locks.
 */
export function postgresOwnership(commands: SqlPool, reads: SqlPool, node: NodeIdentity): Ownership {
  return {
    async claim(entityId) {
      // The update waits for an append that holds the row, and ends every later one.
      const [row] = await commands.query<Claim>(
        'claim',
        `UPDATE screening_owner SET epoch = epoch + 1, node_id = $2, boot_id = $3
         WHERE screening_id = $1 RETURNING epoch::float8 AS epoch, revision::float8 AS revision`,
        [entityId, node.nodeId, node.bootId],
      );
      return row;
    },
    async stillHeld(owned) {
      if (owned.length === 0) return [];
      // A statement sees every claim that was committed before it began. No lock: an
      // answer only has to have been right at some moment after it was asked for.
      const rows = await reads.query<{ held: boolean }>(
        'still-held',
        `SELECT o.epoch IS NOT DISTINCT FROM asked.epoch AS held
         FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (screening_id, epoch, position)
         LEFT JOIN screening_owner o ON o.screening_id = asked.screening_id
         ORDER BY asked.position`,
        [owned.map(({ entityId }) => entityId), owned.map(({ epoch }) => epoch)],
      );
      return rows.map(({ held }) => held);
    },
    dueBefore(untilMs, limit) {
      // Reads the whole table, on purpose: an index on wake_at would make every append pay
      // for what a few nodes ask now and then.
      return reads.query<{ entityId: string; wakeAtMs: number }>(
        'due-before',
        `SELECT screening_id AS "entityId", (extract(epoch FROM wake_at) * 1000)::float8 AS "wakeAtMs"
         FROM screening_owner WHERE wake_at <= to_timestamp($1::float8 / 1000)
         ORDER BY wake_at, screening_id LIMIT $2`,
        [untilMs, limit],
      );
    },
  };
}
