import { expect } from 'chai';
import { StorageUnavailable } from '../../src/runtime/ports.js';
import { claimedScreening, turn } from '../conformance/fixture.js';
import { eventually } from '../support/eventually.js';
import type { TestDatabase } from '../support/postgres.js';
import { openPostgresFixture } from './postgres-fixture.js';

/** Of sessions opened from now on. Those there are are ended, as a fail-over would. */
async function restartSessions(database: TestDatabase, readOnly: boolean): Promise<void> {
  // A session that begins read-only may still say that it wants to write.
  await database.sql(`
    BEGIN; SET TRANSACTION READ WRITE;
    DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = ${String(readOnly)}', current_database());
    END $$;
    COMMIT`);
  if (!readOnly) return;
  await database.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
}

describe('Postgres storage in a fail-over', function () {
  this.timeout(60_000);

  it('appends again once its name leads to a server that writes, though the one before kept the connection', async () => {
    const fixture = await openPostgresFixture({ lanes: 1 });
    const { storage, database } = fixture;
    const screening = await claimedScreening(storage);
    const append = (): Promise<unknown> =>
      storage.journalWriter.appendBatch(0, [turn(screening, 2)]).catch((error: unknown) => error);
    await restartSessions(database, true);
    await eventually('the lane to be connected to a server that only reads', async () =>
      String(await append()).includes('read-only'),
    );
    for (const refused of [await append(), await storage.check().catch((error: unknown) => error)])
      expect(refused).to.be.instanceOf(StorageUnavailable);

    await restartSessions(database, false);
    await eventually('the append to be committed', async () => String(await append()) === 'committed');
    await storage.check();
    await fixture.close();
  });
});
