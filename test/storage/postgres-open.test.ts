import { expect } from 'chai';
import { StorageUnavailable } from '../../src/runtime/ports.js';
import { openPostgresStorage } from '../../src/storage/postgres/index.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

const node = { nodeId: 'n', bootId: 'b' };

describe('opening Postgres storage', function () {
  this.timeout(30_000);
  let database: TestDatabase;

  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.drop());

  const failure = (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      () => undefined,
      (error: unknown) => error,
    );
  const emptyDatabase = (): Promise<unknown> => database.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');

  it('makes the schema once when nodes start at once', async () => {
    await emptyDatabase();
    const storages = await Promise.all([1, 2, 3].map(() => openPostgresStorage({ url: database.url, node })));
    await Promise.all(storages.map((storage) => storage.check()));
    const applied = await database.sql<{ name: string }>('SELECT name FROM schema_migration');
    expect(applied.map(({ name }) => name)).to.deep.equal(['0001-initial']);
    await Promise.all(storages.map((storage) => storage.close()));
  });

  it('is not kept out by the lock of a node that died while it made the schema', async () => {
    await emptyDatabase();
    await database.sql('CREATE TABLE schema_migration_lock (index serial PRIMARY KEY, is_locked integer)');
    await database.sql('INSERT INTO schema_migration_lock (is_locked) VALUES (1)');
    const storage = await openPostgresStorage({ url: database.url, node });
    await storage.check();
    await storage.close();
  });

  it('refuses a database that a newer version has changed', async () => {
    await database.sql(`INSERT INTO schema_migration (name, batch, migration_time) VALUES ('9999-future', 9, now())`);
    const error = await failure(openPostgresStorage({ url: database.url, node }));
    expect(error).to.be.instanceOf(Error).and.not.instanceOf(StorageUnavailable);
    expect(String(error)).to.include('newer version').and.include('9999-future');
  });

  it('refuses a server that may forget commits, unless told so', async () => {
    await database.sql(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
    );
    const error = await failure(openPostgresStorage({ url: database.url, node }));
    expect(String(error)).to.include('synchronous_commit=off');
    const storage = await openPostgresStorage({ url: database.url, node, allowUnsafeDurability: true });
    await storage.close();
  });

  it('says that the server is away when it is', async () => {
    const url = new URL(database.url);
    url.port = '1';
    const error = await failure(openPostgresStorage({ url: url.href, node }));
    expect(error).to.be.instanceOf(StorageUnavailable);
  });

  it('refuses a URL that sets what the node sets, and names it; parameters for TLS are passed on', async () => {
    const set = ['options=-c%20search_path%3Dx', 'statement_timeout=0', 'query_%74imeout=0', 'application_name=x'];
    for (const [parameter, name] of set.map((text) => [text, decodeURIComponent(text).split('=')[0]])) {
      const error = await failure(
        openPostgresStorage({ url: `${database.url}?sslmode=disable&${String(parameter)}`, node }),
      );
      expect(error).to.be.instanceOf(Error).and.not.instanceOf(StorageUnavailable);
      expect(String(error))
        .to.include('postgres.url')
        .and.include(name)
        .and.not.include(new URL(database.url).password);
    }
    const storage = await openPostgresStorage({ url: `${database.url}?sslmode=disable`, node });
    await storage.close();
    const encrypted = await failure(openPostgresStorage({ url: `${database.url}?sslmode=verify-full`, node }));
    expect(String(encrypted), 'asked for TLS, which the server does not have').to.include('SSL');
  });

  it('closes twice, and then answers nothing', async () => {
    const storage = await openPostgresStorage({ url: database.url, node });
    await Promise.all([storage.close(), storage.close()]);
    expect(await failure(storage.check())).to.be.instanceOf(StorageUnavailable);
    const turn = {
      entityId: 'a',
      epoch: 1,
      revision: 2,
      events: new Uint8Array(),
      wakeAtMs: null,
      projection: undefined,
    };
    expect(await failure(storage.journalWriter.appendBatch(0, [turn]))).to.be.instanceOf(StorageUnavailable);
  });

  it('commits on every check', async () => {
    const storage = await openPostgresStorage({ url: database.url, node });
    const beats = async (): Promise<unknown> => (await database.sql('SELECT beat_at FROM node_heartbeat'))[0];
    await storage.check();
    const first = await beats();
    await storage.check();
    expect(await beats()).to.not.deep.equal(first);
    await storage.close();
  });
});
