import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { StorageUnavailable } from '../../src/runtime/ports.js';
import { silentLog } from '../../src/storage/postgres/log.js';
import { openPool, type SqlPool } from '../../src/storage/postgres/pool.js';
import { CuttableProxy } from '../support/cuttable-proxy.js';
import { eventually } from '../support/eventually.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

describe('a pool of Postgres connections', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  const opened: { close(): Promise<void> }[] = [];

  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
    await database.drop();
  });

  /** Of one connection, so that what becomes of it shows. */
  const open = (url = database.url, connectionLifetimeMs = 60_000): SqlPool => {
    const pool = openPool(
      {
        url,
        applicationName: 'test',
        isolation: 'serializable',
        statementTimeoutMs: 5_000,
        connectTimeoutMs: 3_000,
        log: silentLog,
      },
      { max: 1, maxWaiting: 10, attempts: 5, connectionLifetimeMs, server: {} },
    );
    opened.push(pool);
    return pool;
  };
  const failure = (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      () => undefined,
      (error: unknown) => error,
    );
  const session = async (pool: SqlPool): Promise<number | undefined> =>
    (await pool.query<{ pid: number }>('session', 'SELECT pg_backend_pid() AS pid', []))[0]?.pid;
  const endSessions = (): Promise<unknown> =>
    database.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );

  const raise = (pool: SqlPool, state: string): Promise<unknown> =>
    failure(pool.query(state, `DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $$`, []));

  it('keeps its connection over refusals and over what is repeated', async () => {
    const pool = open();
    const first = await session(pool);
    expect(await raise(pool, '23505')).to.include({ code: '23505' });
    expect(await session(pool)).to.equal(first);
    expect(await raise(pool, '40001'), 'after all attempts').to.be.instanceOf(StorageUnavailable);
    expect(await session(pool)).to.equal(first);
  });

  it('takes a new one after anything else: the server may have stopped writing', async () => {
    const pool = open();
    const seen = [await session(pool)];
    for (const state of ['25006', '57014', '42P01', '0A000']) {
      await raise(pool, state);
      seen.push(await session(pool));
    }
    expect(new Set(seen)).to.have.property('size', seen.length);
  });

  it('takes a new one when its lifetime is over, in use or not', async () => {
    const pool = open(database.url, 200);
    const first = await session(pool);
    await eventually('another connection', async () => (await session(pool)) !== first);
  });

  it('says that the database is away when it does not let it in any more, and heals when it does', async () => {
    const role = `guest_${randomBytes(8).toString('hex')}`;
    await database.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'one'`);
    try {
      const url = new URL(database.url);
      [url.username, url.password] = [role, 'one'];
      const pool = open(url.href);
      await session(pool);
      await database.sql(`ALTER ROLE ${role} PASSWORD 'two'`);
      await endSessions();
      await failure(session(pool)); // may still have been given the connection that was lost
      const refused = await failure(session(pool));
      expect(refused).to.be.instanceOf(StorageUnavailable);
      expect(String(refused)).to.include('password authentication failed');
      await database.sql(`ALTER ROLE ${role} PASSWORD 'one'`);
      expect(await session(pool)).to.be.a('number');
    } finally {
      await endSessions();
      await database.sql(`DROP ROLE ${role}`);
    }
  });

  it('fails the statement whose connection is lost, and nothing else', async () => {
    const proxy = await CuttableProxy.open(database.url);
    opened.push(proxy);
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const pool = open(url.href);
    const sleeping = failure(pool.query('sleep', 'SELECT pg_sleep(10)', []));
    await eventually('the statement to run', async () => {
      const found = await database.sql(
        `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`,
      );
      return found.length > 0;
    });
    proxy.cut();
    expect(await sleeping).to.be.instanceOf(StorageUnavailable);
    proxy.mend();
    expect(await session(pool)).to.be.a('number');
  });

  it('says that the database is away when there is none of its name', async () => {
    const pool = open();
    await session(pool);
    await database.drop();
    await failure(session(pool));
    const refused = await failure(session(pool));
    expect(refused).to.be.instanceOf(StorageUnavailable);
    expect(String(refused)).to.include('does not exist');
  });
});
