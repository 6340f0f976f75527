import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { silentLog, type StorageLog } from '../log.js';
import { hasCode, locateBinaries, type PostgresBinaries } from './binaries.js';
import { ownerFile } from './owner-file.js';
import { Postmaster } from './postmaster.js';
import { openPostgresUser, type PostgresUser } from './run-as.js';

export interface EmbeddedPostgresOptions {
  /** Folder of this server: data, password, log. Made when absent. Not shared between machines. */
  readonly dataDir: string;
  /** TCP port on 127.0.0.1; 0 takes the last one used here when it is free, else any. */
  readonly port: number;
  readonly log?: StorageLog;
  /** For one run of initdb, start or stop. Default 60,000: recovery after a crash may read up to 1 GB of log. */
  readonly timeLimitMs?: number;
}

export interface EmbeddedPostgres {
  /** Of database `cinema`, with its password. Stays the same until `close`. */
  readonly url: string;
  /** Starts the server again when it crashed; one start however many ask. @throws Error when it cannot. */
  ensureRunning(): Promise<void>;
  /** Stops the server when this process owns it; waits for its end. Idempotent. */
  close(): Promise<void>;
  /** Ends the server as a crash would, for tests of outages. */
  crash(): Promise<void>;
}

const USER = 'cinema';
const DATABASE = 'cinema';
const LOG_FILE_MAX_BYTES = 10 * 1024 * 1024;
const START_ATTEMPTS = 3;

/**
 * Starts a Postgres server for this node, or adopts the one that runs on `dataDir`
 * already: a node that was killed leaves its server running. The server listens on
 * the loopback interface only and asks for a random password kept in `dataDir`.
 * It is a daemon in a session of its own; signals sent to this process do not reach it.
 *
 * Several nodes may use one `dataDir`. The process named in `owner.pid` stops the
 * server; others leave it alone, and one that outlives a killed owner takes its place.
 * @throws Error that says what to do.
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log = silentLog, timeLimitMs = 60_000 } = options;
  const dataDir = path.resolve(options.dataDir);
  const clusterDir = path.join(dataDir, 'cluster');
  const logFile = path.join(dataDir, 'postgres.log');
  const binaries = await locateBinaries();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const user = await openPostgresUser(dataDir, binaries.pgCtl, timeLimitMs);
  await createCluster(dataDir, clusterDir, binaries, user);
  await limitLogFile(logFile);
  const password = (await readFile(path.join(clusterDir, 'cinema.password'), 'utf8')).trim();
  const postmaster = new Postmaster(user, binaries, clusterDir, logFile, timeLimitMs, log);
  const owner = ownerFile(path.join(dataDir, 'owner.pid'));
  await owner.claim();

  const start = async (wanted: number): Promise<number> => {
    for (let attempt = 1; ; attempt += 1) {
      const running = await postmaster.runningPort();
      if (running !== undefined) return running;
      try {
        await postmaster.start(wanted === 0 ? await freePort(dataDir) : wanted);
        log('info', 'embedded Postgres started', { dataDir });
      } catch (error) {
        // Another node may be starting it, or another program took the free port.
        if (attempt === START_ATTEMPTS && (await postmaster.runningPort()) === undefined) throw error;
      }
    }
  };

  const port = await start(options.port);
  const urlOf = (database: string): string => `postgres://${USER}:${password}@127.0.0.1:${String(port)}/${database}`;
  await createDatabase(urlOf('postgres'), timeLimitMs);
  await writeFile(path.join(dataDir, 'port'), `${String(port)}\n`);

  let restarting: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  const restart = async (): Promise<void> => {
    await owner.claim();
    const now = await start(port);
    if (now !== port) throw new Error(`the server on ${dataDir} moved to port ${String(now)}; restart this node`);
    await createDatabase(urlOf('postgres'), timeLimitMs);
  };
  const shutDown = async (): Promise<void> => {
    await restarting?.catch(() => undefined);
    if (!(await owner.claim())) return;
    await postmaster.stop('fast');
    await owner.release();
    log('info', 'embedded Postgres stopped', { dataDir });
  };
  return {
    url: urlOf(DATABASE),
    ensureRunning() {
      if (closing !== undefined) return Promise.reject(new Error('the embedded Postgres is closed'));
      restarting ??= restart().finally(() => {
        restarting = undefined;
      });
      return restarting;
    },
    close: () => (closing ??= shutDown()),
    crash: () => postmaster.stop('immediate'),
  };
}

/** Makes the cluster beside its place and moves it there whole: a half-made one is never used. */
async function createCluster(
  dataDir: string,
  clusterDir: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<void> {
  const isThere = (): Promise<boolean> => stat(path.join(clusterDir, 'PG_VERSION')).then(() => true, () => false);
  if (await isThere()) return;
  const draft = path.join(dataDir, `cluster.new.${String(process.pid)}.${randomBytes(4).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  try {
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    await user.own(passwordFile);
    const { code, output } = await user.run(binaries.initdb, [
      ...['--pgdata', draft, '--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-instructions'],
    ]);
    if (code !== 0) throw new Error(`initdb failed in ${dataDir}: ${output.trim()}`);
    await rename(passwordFile, path.join(draft, 'cinema.password'));
    await rename(draft, clusterDir);
  } catch (error) {
    if (!(await isThere())) throw error; // else another node was faster
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
  await removeAbandonedDrafts(dataDir);
}

async function removeAbandonedDrafts(dataDir: string): Promise<void> {
  const hourAgoMs = Date.now() - 3_600_000;
  for (const name of await readdir(dataDir)) {
    const draft = path.join(dataDir, name);
    if (!name.startsWith('cluster.new.')) continue;
    const { mtimeMs } = await stat(draft).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < hourAgoMs) await rm(draft, { recursive: true, force: true });
  }
}

async function createDatabase(adminUrl: string, timeLimitMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeLimitMs;
  for (;;) {
    const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: timeLimitMs });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
      return;
    } catch (error) {
      // 42P04, 23505: another node made it. 57P03: adopted while it still recovers.
      if (hasCode(error, '42P04') || hasCode(error, '23505')) return;
      const starting = hasCode(error, '57P03') || hasCode(error, 'ECONNREFUSED');
      if (!starting || performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function limitLogFile(logFile: string): Promise<void> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }));
  if (size > LOG_FILE_MAX_BYTES) await truncate(logFile);
}

/** The port used last when nobody has it now, so that other nodes' URLs stay good; else any free one. */
async function freePort(dataDir: string): Promise<number> {
  const last = Number.parseInt(await readFile(path.join(dataDir, 'port'), 'utf8').catch(() => ''), 10);
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        const address = server.address();
        server.close(() => {
          if (address !== null && typeof address === 'object') resolve(address.port);
          else reject(new Error('the operating system gave no free port'));
        });
      });
    });
  return Number.isInteger(last) && last > 0 ? listen(last).catch(() => listen(0)) : listen(0);
}
