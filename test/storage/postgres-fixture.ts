import { openPostgresStorage, type PostgresStorageConfig } from '../../src/storage/postgres/index.js';
import type { StorageFixture } from '../conformance/fixture.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

export interface PostgresFixture extends StorageFixture {
  readonly database: TestDatabase;
}

/** A storage on a database of its own. */
export async function openPostgresFixture(config: Partial<PostgresStorageConfig> = {}): Promise<PostgresFixture> {
  const database = await freshDatabase();
  const node = { nodeId: 'test', bootId: 'test' };
  const storage = await openPostgresStorage({ url: database.url, node, ...config });
  return {
    storage,
    database,
    async bookedSeats(screeningId) {
      const rows = await database.sql<{ seat_id: string; booking_id: string }>(
        'SELECT seat_id, booking_id FROM booked_seat WHERE screening_id = $1',
        [screeningId],
      );
      return Object.fromEntries(rows.map(({ seat_id, booking_id }) => [seat_id, booking_id]));
    },
    async damageNewestSnapshot(screeningId) {
      const damaged = await database.sql(
        `UPDATE screening_snapshot SET state = set_bit(state, 0, 1 - get_bit(state, 0))
         WHERE (screening_id, revision) =
           (SELECT screening_id, max(revision) FROM screening_snapshot WHERE screening_id = $1 GROUP BY screening_id)
         RETURNING 1`,
        [screeningId],
      );
      if (damaged.length !== 1) throw new Error('no snapshot to damage');
    },
    async close() {
      await storage.close();
      await database.drop();
    },
  };
}
