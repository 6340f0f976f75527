import { openPostgresStorage, type PostgresStorageConfig } from '../../src/storage/postgres/index.js';
import type { StorageFixture } from '../conformance/fixture.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

export interface PostgresFixture extends StorageFixture {
  readonly database: TestDatabase;
}

/** A storage on a database of its own. */
export async function openPostgresFixture(config: Partial<PostgresStorageConfig> = {}): Promise<PostgresFixture> {
  const database = await freshDatabase();
  const node = { nodeId: 'first', bootId: 'boot-1' };
  const storage = await openPostgresStorage({ url: database.url, node, ...config });
  const opened = [storage];
  return {
    storage,
    node,
    async storageOf(other) {
      const another = await openPostgresStorage({ url: database.url, ...config, node: other });
      opened.push(another);
      return another;
    },
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
      for (const { close } of opened) await close();
      await database.drop();
    },
  };
}
