import type { JournalReader } from '../../runtime/ports.js';
import type { SqlPool } from './pool.js';

const LIMIT_MAX = 10_000;

/** Reads with an ordinary snapshot: what was committed before the call is seen. */
export function journalReader(pool: SqlPool): JournalReader {
  return {
    async read(entityId, afterRevision, limit) {
      if (!(limit >= 1 && limit <= LIMIT_MAX))
        throw new RangeError(`limit ${String(limit)}, 1 to ${String(LIMIT_MAX)}`);
      return pool.query<{ revision: number; epoch: number; events: Buffer }>(
        'journal-read',
        `SELECT revision::float8 AS revision, epoch::float8 AS epoch, events FROM screening_journal
         WHERE screening_id = $1 AND screening_journal.revision > $2::bigint
         ORDER BY screening_journal.revision LIMIT $3`,
        [entityId, afterRevision, limit],
      );
    },
  };
}
