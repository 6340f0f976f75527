import { expect } from 'chai';
import pg from 'pg';
import { openPostgresStorage } from '../../src/storage/postgres/index.js';
import { claimedScreening, turn } from '../conformance/fixture.js';
import { eventually } from '../support/eventually.js';
import { openPostgresFixture, type PostgresFixture } from './postgres-fixture.js';

/**
 * The fence, on real Postgres: an append is stopped in the middle of its statement,
 * after it has looked at the epoch and before it is committed; then another node
 * takes over and recovers; then the append goes on. A row that appears in the
 * journal after the new owner has read it is lost to that owner: the seats it sold
 * would be sold again.
 */
const GATE = 42;

/** Other ways to write the append; each inserts revision 2. The claim of the first invariant rests on the lock. */
const FORMS = {
  'EXISTS without a lock': `
    INSERT INTO screening_journal (screening_id, revision, epoch, events)
    SELECT $1, 2, $2, 'stale' WHERE EXISTS
      (SELECT FROM screening_owner WHERE screening_id = $1 AND epoch = $2::bigint)`,
  'a CTE without a lock': `
    WITH owned AS MATERIALIZED (SELECT * FROM screening_owner WHERE screening_id = $1 AND epoch = $2::bigint)
    INSERT INTO screening_journal (screening_id, revision, epoch, events)
    SELECT $1, 2, $2, 'stale' FROM owned`,
  'FOR KEY SHARE': `
    WITH owned AS (
      SELECT * FROM screening_owner WHERE screening_id = $1 AND epoch = $2::bigint FOR KEY SHARE)
    INSERT INTO screening_journal (screening_id, revision, epoch, events)
    SELECT $1, 2, $2, 'stale' FROM owned`,
  'FOR SHARE': `
    WITH owned AS (
      SELECT * FROM screening_owner WHERE screening_id = $1 AND epoch = $2::bigint FOR SHARE)
    INSERT INTO screening_journal (screening_id, revision, epoch, events)
    SELECT $1, 2, $2, 'stale' FROM owned`,
};

for (const isolation of ['read committed', 'serializable'] as const) {
  describe(`fence at ${isolation}`, function () {
    this.timeout(20_000);
    let fixture: PostgresFixture;
    let gate: pg.Client;
    let oldOwner: pg.Client;
    let control: pg.Client;

    before(async () => {
      fixture = await openPostgresFixture({ isolation });
      await fixture.database.sql(`
        CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_advisory_xact_lock_shared(${String(GATE)});
          RETURN new;
        END $$`);
      await fixture.database.sql(`
        CREATE TRIGGER wait_at_gate BEFORE INSERT ON screening_journal
        FOR EACH ROW WHEN (new.revision > 1) EXECUTE FUNCTION wait_at_gate()`);
      const connect = async (): Promise<pg.Client> => {
        const client = new pg.Client({ connectionString: fixture.database.url });
        await client.connect();
        await client.query(`SET default_transaction_isolation = '${isolation}'`);
        return client;
      };
      gate = await connect();
      oldOwner = await connect();
      control = await connect();
    });
    after(async () => {
      await Promise.all([gate, oldOwner, control].map((client) => client.end()));
      await fixture.close();
    });

    /** Process ids of the sessions that wait for the gate. */
    const atGate = async (): Promise<readonly number[]> => {
      const { rows } = await control.query<{ pid: number }>(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${String(GATE)} AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return rows.map(({ pid }) => pid);
    };
    const someoneWaitsFor = async (pid: number): Promise<boolean> => {
      const { rowCount } = await control.query('SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [
        pid,
      ]);
      return (rowCount ?? 0) > 0;
    };

    /** Lets `append` run into the gate, takes over, lets it go; answers what the new owner and then everybody sees. */
    async function interleave(append: (screening: { id: string; epoch: number }) => Promise<unknown>) {
      const { storage } = fixture;
      const screening = await claimedScreening(storage);
      const revisions = async (): Promise<readonly number[]> =>
        (await storage.journalReader.read(screening.id, 0, 10)).map(({ revision }) => revision);
      await gate.query('SELECT pg_advisory_lock($1)', [GATE]);
      const appending = append(screening);
      await eventually('the append to be held in its statement', async () => (await atGate()).length === 1);
      const [pid = 0] = await atGate();

      const takeover = { done: false };
      const recovered = storage.ownership.claim(screening.id).then(() => {
        takeover.done = true;
        return revisions();
      });
      await eventually('the takeover to end or to wait', async () => takeover.done || (await someoneWaitsFor(pid)));
      const waited = !takeover.done;
      if (!waited) await recovered;
      await gate.query('SELECT pg_advisory_unlock($1)', [GATE]);
      const outcome = await appending;
      return { outcome, waited, recovered: await recovered, inTheEnd: await revisions() };
    }

    it('makes a takeover wait for an append that has passed the epoch', async () => {
      const seen = await interleave((screening) => fixture.storage.journalWriter.appendBatch(0, [turn(screening, 2)]));
      expect(seen).to.deep.equal({ outcome: ['committed'], waited: true, recovered: [1, 2], inTheEnd: [1, 2] });
    });

    it('makes a takeover wait for an append with rows of the read tables', async () => {
      const projection = { bookings: [], seats: [{ seatId: 'A1', from: null, to: 'b' }], terms: undefined };
      const seen = await interleave((screening) =>
        fixture.storage.journalWriter.appendBatch(0, [turn(screening, 2, { projection })]),
      );
      expect(seen).to.deep.equal({ outcome: ['committed'], waited: true, recovered: [1, 2], inTheEnd: [1, 2] });
    });

    it('would hold with FOR SHARE too', async () => {
      const seen = await interleave(({ id, epoch }) => oldOwner.query(FORMS['FOR SHARE'], [id, epoch]));
      expect(seen).to.deep.include({ waited: true, recovered: [1, 2], inTheEnd: [1, 2] });
    });

    for (const form of ['EXISTS without a lock', 'a CTE without a lock', 'FOR KEY SHARE'] as const) {
      it(`would leak with ${form}: a stale row appears after the recovery`, async () => {
        const seen = await interleave(({ id, epoch }) => oldOwner.query(FORMS[form], [id, epoch]));
        expect(seen).to.deep.include({ waited: false, recovered: [1], inTheEnd: [1, 2] });
      });
    }

    it('makes an append wait for a takeover under way, and refuses it alone', async () => {
      const { storage } = fixture;
      const [moving, staying] = [await claimedScreening(storage), await claimedScreening(storage)];
      const { rows } = await oldOwner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await oldOwner.query('BEGIN');
      await oldOwner.query('UPDATE screening_owner SET epoch = epoch + 1 WHERE screening_id = $1', [moving.id]);
      const appending = storage.journalWriter.appendBatch(1, [turn(moving, 2), turn(staying, 2)]);
      await eventually('the append to wait for the takeover', () => someoneWaitsFor(rows[0]?.pid ?? 0));
      await oldOwner.query('COMMIT');
      expect(await appending).to.deep.equal(['fenced', 'committed']);
      expect(await storage.journalReader.read(moving.id, 1, 10)).to.deep.equal([]);
    });

    it('keeps a replaced owner on another node from storing a snapshot', async () => {
      const { storage, database } = fixture;
      const screening = await claimedScreening(storage);
      const other = await openPostgresStorage({ url: database.url, node: { nodeId: 'other', bootId: 'b' }, isolation });
      await other.ownership.claim(screening.id);
      expect(
        await storage.snapshots.save(screening.id, screening.epoch, { revision: 1, state: new Uint8Array(9) }),
      ).to.equal(false);
      await other.close();
    });
  });
}
