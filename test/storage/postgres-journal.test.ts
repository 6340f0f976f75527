import { expect } from 'chai';
import { StorageUnavailable } from '../../src/runtime/ports.js';
import { claimedScreening, newId, sale, turn } from '../conformance/fixture.js';
import { eventually } from '../support/eventually.js';
import { crashPostgres, restartPostgres } from '../support/postgres.js';
import { openPostgresFixture } from './postgres-fixture.js';

describe('Postgres journal', function () {
  this.timeout(30_000);

  // Small tables tempt the planner to walk them whole, which locks them whole.
  for (const count of [4, 40]) {
    it(`does not let lanes undo each other at SERIALIZABLE, with ${String(count)} screenings`, async () => {
      const fixture = await openPostgresFixture({ isolation: 'serializable' });
      const { storage, database } = fixture;
      const screenings: { id: string; epoch: number }[] = [];
      for (let made = 0; made < count; made += 1) screenings.push(await claimedScreening(storage));
      await database.sql('ANALYZE');
      const rounds = 50;
      // Neighbours in the tables' pages go to different lanes.
      const lane = async (index: number): Promise<void> => {
        const mine = screenings.filter((_, position) => position % 2 === index);
        for (let revision = 2; revision < 2 + rounds; revision += 1) {
          const turns = mine.map((screening) => {
            const projection = revision % 5 === 0 ? sale(newId('booking'), [`seat ${String(revision)}`]) : undefined;
            return turn(screening, revision, { projection });
          });
          const results = await storage.journalWriter.appendBatch(index, turns);
          expect(new Set(results)).to.deep.equal(new Set(['committed']));
        }
      };
      await Promise.all([lane(0), lane(1)]);
      await storage.close(); // sessions hand in their statistics when they end
      let hot = 0;
      await eventually('the statistics', async () => {
        const [row] = await database.sql<{ updates: string; hot: string }>(
          `SELECT n_tup_upd AS updates, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'screening_owner'`,
        );
        hot = Number(row?.hot);
        return Number(row?.updates) >= count * rounds;
      });
      const [statistics] = await database.sql<{ undone: string }>(
        'SELECT xact_rollback AS undone FROM pg_stat_database WHERE datname = current_database()',
      );
      expect(Number(statistics?.undone), 'batches undone of 100').to.be.at.most(3);
      expect(hot, 'updates of the owner row that touch no index').to.be.at.least(count * rounds * 0.9);
      await fixture.close();
    });
  }

  it('opens a connection that was lost again before the next append', async () => {
    const messages: string[] = [];
    const fixture = await openPostgresFixture({ lanes: 1, log: (_level, message) => messages.push(message) });
    const { storage, database } = fixture;
    const screening = await claimedScreening(storage);
    expect(await storage.journalWriter.appendBatch(0, [turn(screening, 2)])).to.deep.equal(['committed']);
    await database.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE query LIKE '%INSERT INTO screening_journal%' AND datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await eventually('the loss to be noticed', () => messages.includes('a journal connection was lost'));
    expect(await storage.journalWriter.appendBatch(0, [turn(screening, 3)])).to.deep.equal(['committed']);
    await fixture.close();
  });

  it('keeps no more than two snapshots of a screening', async () => {
    const fixture = await openPostgresFixture();
    const { id, epoch } = await claimedScreening(fixture.storage);
    for (const revision of [1, 2, 3, 4]) {
      await fixture.storage.snapshots.save(id, epoch, { revision, state: new Uint8Array(10) });
    }
    const rows = await fixture.database.sql<{ revision: string }>(
      'SELECT revision FROM screening_snapshot ORDER BY revision',
    );
    expect(rows.map(({ revision }) => Number(revision))).to.deep.equal([3, 4]);
    await fixture.close();
  });

  it('says that the outcome is unknown when the server dies, and goes on when it is back', async () => {
    const fixture = await openPostgresFixture();
    const { storage } = fixture;
    const screening = await claimedScreening(storage);
    expect(await storage.journalWriter.appendBatch(0, [turn(screening, 2)])).to.deep.equal(['committed']);
    await crashPostgres();
    try {
      const failures = await Promise.allSettled([
        storage.journalWriter.appendBatch(0, [turn(screening, 3)]),
        storage.journalReader.read(screening.id, 0, 1),
        storage.ownership.claim(screening.id),
        storage.snapshots.load(screening.id),
        storage.catalogue.getScreening(screening.id),
        storage.check(),
      ]);
      for (const failure of failures) {
        expect(failure.status).to.equal('rejected');
        expect(failure.status === 'rejected' && failure.reason).to.be.instanceOf(StorageUnavailable);
      }
    } finally {
      await restartPostgres();
    }
    await eventually('the journal to take turns again', async () => {
      const results = await storage.journalWriter.appendBatch(0, [turn(screening, 3)]).catch(() => []);
      return results[0] === 'committed';
    });
    expect(await storage.journalReader.read(screening.id, 0, 10), 'nothing committed was lost').to.have.length(3);
    await storage.check();
    await fixture.close();
  });

  it('gives up an append that a lock holds longer than the time limit, and writes nothing', async () => {
    const fixture = await openPostgresFixture({ statementTimeoutMs: 150 });
    const { storage, database } = fixture;
    const screening = await claimedScreening(storage);
    const blocking = database.sql(
      `WITH locked AS MATERIALIZED (SELECT FROM screening_owner WHERE screening_id = $1 FOR UPDATE)
       SELECT pg_sleep(0.6) FROM locked`,
      [screening.id],
    );
    await eventually('the lock to be held', async () => {
      const held = await database.sql(
        `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`,
      );
      return held.length > 0;
    });
    const error = await storage.journalWriter.appendBatch(0, [turn(screening, 2)]).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(StorageUnavailable);
    await blocking;
    expect(await storage.journalReader.read(screening.id, 1, 10)).to.deep.equal([]);
    await fixture.close();
  });

  it('takes a batch beyond its limits for a bug', async () => {
    const fixture = await openPostgresFixture({ batchTurnsMax: 1, batchBytesMax: 10, lanes: 1 });
    const { journalWriter } = fixture.storage;
    const [a, b] = [await claimedScreening(fixture.storage), await claimedScreening(fixture.storage)];
    for (const call of [
      () => journalWriter.appendBatch(0, [turn(a, 2), turn(b, 2)]),
      () => journalWriter.appendBatch(0, [turn(a, 2, { events: new Uint8Array(11) })]),
      () => journalWriter.appendBatch(1, [turn(a, 2)]),
    ]) {
      expect(await call().catch((caught: unknown) => caught)).to.be.instanceOf(RangeError);
    }
    await fixture.close();
  });
});
