import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { openEmbeddedPostgres, openPostgresStorage, type EmbeddedPostgres } from '../../src/storage/postgres/index.js';
import { eventually } from './eventually.js';

/**
 * One Postgres server for all tests of this process, started by the first that asks
 * and stopped after the last; every test file takes databases of its own.
 */
export interface TestDatabase {
  /** Of a migrated, empty database that nobody else uses. */
  readonly url: string;
  /** Runs one statement at READ COMMITTED. Not through the code under test. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Idempotent. Ends every session of the database and removes it. */
  drop(): Promise<void>;
}

interface RunningServer {
  readonly dataDir: string;
  readonly embedded: EmbeddedPostgres;
}

const TEMPLATE = 'migrated';

let running: Promise<RunningServer> | undefined;

async function start(): Promise<RunningServer> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'cinema-test-'));
  process.once('exit', () => {
    endAbruptly(dataDir); // a test run that was interrupted leaves no server behind
  });
  const embedded = await openEmbeddedPostgres({ dataDir, port: 0 });
  const server = { dataDir, embedded };
  await administer(server, `CREATE DATABASE ${TEMPLATE}`);
  const node = { nodeId: 'template', bootId: 'template' };
  const storage = await openPostgresStorage({ url: urlOf(server, TEMPLATE), node });
  await storage.close();
  return server;
}

const server = (): Promise<RunningServer> => (running ??= start());

after('stop the test database server', async function () {
  this.timeout(30_000);
  const last = await running;
  running = undefined;
  if (last === undefined) return;
  await last.embedded.close();
  rmSync(last.dataDir, { recursive: true, force: true });
});

/** A database of the caller's own; the caller drops it. Allow 20 s for the first of a process. */
export async function freshDatabase(): Promise<TestDatabase> {
  const home = await server();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(home, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  const url = urlOf(home, name);
  let dropped: Promise<void> | undefined;
  return {
    url,
    sql: <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      withClient(url, async (client) => (await client.query<Row>(text, [...values])).rows),
    drop: () => (dropped ??= administer(home, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** Ends the server at once, as a crash would: connections are lost, nothing is flushed. */
export async function crashPostgres(): Promise<void> {
  const { dataDir } = await server();
  const pid = Number.parseInt(await readFile(postmasterPid(dataDir), 'utf8'), 10);
  process.kill(pid, 'SIGQUIT');
  await eventually('the server to end', () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}

/** Starts it again and waits until it answers. */
export async function restartPostgres(): Promise<void> {
  await (await server()).embedded.ensureRunning();
}

function urlOf({ embedded }: RunningServer, database: string): string {
  const url = new URL(embedded.url);
  url.pathname = `/${database}`;
  return url.href;
}

async function administer(home: RunningServer, statement: string): Promise<void> {
  await withClient(urlOf(home, 'postgres'), (client) => client.query(statement));
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const postmasterPid = (dataDir: string): string => path.join(dataDir, 'cluster', 'postmaster.pid');

function endAbruptly(dataDir: string): void {
  try {
    process.kill(Number.parseInt(readFileSync(postmasterPid(dataDir), 'utf8'), 10), 'SIGQUIT');
  } catch {
    return; // it was stopped in order
  }
  rmSync(dataDir, { recursive: true, force: true });
}
