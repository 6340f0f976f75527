import { expect } from 'chai';
import { StartError } from '../../src/node/start-error.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { openNodeOn } from './nodes.js';

describe('a node whose database is not to be used', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.drop());

  /** What it says when it does not start. */
  const refusal = async (on: TestDatabase): Promise<string> => {
    const error: unknown = await openNodeOn(on).then(
      (node) => node.close(),
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(StartError);
    const { message } = error as StartError;
    expect(message, 'a sentence').not.to.include('\n');
    return message;
  };

  it('says that the server cannot be reached', async () => {
    const url = new URL(database.url);
    url.port = '1';
    expect(await refusal({ ...database, url: url.href })).to.equal('Postgres: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('says which database there is not', async () => {
    const url = new URL(database.url);
    url.pathname = '/elsewhere';
    expect(await refusal({ ...database, url: url.href })).to.equal('database "elsewhere" does not exist');
  });

  it('says that a newer version has changed the schema', async () => {
    await database.sql(`INSERT INTO schema_migration (name, batch, migration_time) VALUES ('9999-future', 9, now())`);
    expect(await refusal(database)).to.match(/newer version.* 9999-future\..* restore a backup/);
  });

  it('says that the server may lose commits', async () => {
    await database.sql(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
    );
    expect(await refusal(database)).to.include('synchronous_commit=off');
  });
});
