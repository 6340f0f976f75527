import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { openOwnerTable } from '../../bench/failover/owner-table.js';
import { openMeter } from '../../bench/growth/meter.js';
import { eventually } from '../support/eventually.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

describe('a connection of a benchmark that breaks', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.drop());

  const others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
  const breakAll = async (): Promise<void> => {
    await database.sql(`SELECT pg_terminate_backend(pid) ${others}`);
    await eventually('sessions to end', async () => (await database.sql(`SELECT 1 ${others}`)).length === 0);
  };
  const failed = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => false,
      () => true,
    );

  it('fails who asks for the owners, and nobody else', async () => {
    const owners = await openOwnerTable(database.url);
    expect((await owners.counts()).size).to.equal(0);
    await breakAll();
    expect(await failed(owners.counts())).to.equal(true);
    await owners.close();
  });

  it('fails who reads the meter, and nobody else', async function () {
    if (!existsSync('/proc/self/stat')) this.skip(); // there is none to be read
    const meter = await openMeter({ postgresUrl: database.url, nodes: [], redisPid: undefined });
    expect((await meter.read()).postgresMicros).to.be.above(0);
    await breakAll();
    expect(await failed(meter.vacuum())).to.equal(true);
    await meter.close();
  });
});
