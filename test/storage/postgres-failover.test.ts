import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { StorageUnavailable } from '../../src/runtime/ports.js';
import { openEmbeddedPostgres, openPostgresStorage } from '../../src/storage/postgres/index.js';
import { claimedScreening, turn } from '../conformance/fixture.js';
import { eventually } from '../support/eventually.js';
import type { TestDatabase } from '../support/postgres.js';
import { openPostgresFixture } from './postgres-fixture.js';

/** Of sessions opened from now on. Those there are are ended, as a failover would. */
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

const failure = (run: Promise<unknown>): Promise<string> => run.then(() => 'none', String);

async function promote(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SELECT pg_promote()');
  await client.end();
}

describe('Postgres storage in a failover', function () {
  this.timeout(60_000);
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('appends again once its name leads to a server that writes, though the one before kept the connection', async () => {
    const { storage, database, close } = await openPostgresFixture({ lanes: 1 });
    closers.push(close);
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
  });

  it('takes nothing from a standby, also no reads, and goes on once it is promoted', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'cinema-standby-'));
    closers.push(() => rm(dataDir, { recursive: true }));
    let server = await openEmbeddedPostgres({ dataDir, port: 0 });
    closers.push(() => server.close());
    const { url } = server;
    const storage = await openPostgresStorage({ url, node: { nodeId: 'n', bootId: 'b' } });
    closers.push(() => storage.close());
    const screening = await claimedScreening(storage);
    await storage.journalReader.read(screening.id, 0, 10);
    await server.close();
    await writeFile(path.join(dataDir, 'cluster', 'standby.signal'), '');
    server = await openEmbeddedPostgres({ dataDir, port: Number(new URL(url).port) });
    // By then every connection that was lost has been noticed.
    await eventually('the server to be found a standby', async () =>
      (await failure(storage.journalReader.read(screening.id, 0, 10))).includes('standby'),
    );
    const answers = await Promise.allSettled([
      storage.journalWriter.appendBatch(0, [turn(screening, 2)]),
      storage.journalReader.read(screening.id, 0, 10),
      storage.ownership.stillHeld([{ entityId: screening.id, epoch: screening.epoch }]),
      storage.ownership.claim(screening.id),
      storage.catalogue.getScreening(screening.id),
      storage.check(),
    ]);
    for (const answer of answers)
      expect(answer.status === 'rejected' && answer.reason).to.be.instanceOf(StorageUnavailable);
    const opening = openPostgresStorage({ url, node: { nodeId: 'n', bootId: 'c' } });
    expect(await failure(opening), 'a node that starts').to.include('standby');

    await promote(url);
    await eventually('the append to be committed', async () => {
      const results = await storage.journalWriter.appendBatch(0, [turn(screening, 2)]).catch(() => []);
      return results[0] === 'committed';
    });
    expect(await storage.journalReader.read(screening.id, 0, 10)).to.have.length(2);
    await storage.check();
  });
});
