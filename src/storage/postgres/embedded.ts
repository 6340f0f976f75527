import { mkdir, realpath, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { locateBinaries } from './embedded/binaries.js';
import { CLUSTER_USER, createCluster, readPassword, removeAbandonedDrafts } from './embedded/cluster.js';
import { freePort } from './embedded/free-port.js';
import { ownerFile } from './embedded/owner-file.js';
import { Postmaster } from './embedded/postmaster.js';
import { openPostgresUser } from './embedded/run-as.js';
import { hasCode } from './errors.js';
import { silentLog, type StorageLog } from './log.js';

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
}

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
  const binaries = await locateBinaries();
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  const clusterDir = path.join(dataDir, 'cluster');
  const logFile = path.join(dataDir, 'postgres.log');
  const portFile = path.join(dataDir, 'port');
  const user = await openPostgresUser(dataDir, binaries.pgCtl, timeLimitMs);
  await removeAbandonedDrafts(dataDir);
  await createCluster(dataDir, clusterDir, binaries, user);
  await limitLogFile(logFile);
  const password = await readPassword(clusterDir);
  const postmaster = new Postmaster(user, binaries, clusterDir, logFile, timeLimitMs, log);
  const owner = ownerFile(path.join(dataDir, 'owner.pid'));
  await owner.claim();

  const start = async (wanted: number): Promise<number> => {
    for (let attempt = 1; ; attempt += 1) {
      const running = await postmaster.runningPort();
      if (running !== undefined) return running;
      try {
        await postmaster.start(wanted === 0 ? await freePort(portFile) : wanted);
        log('info', 'embedded Postgres started', { dataDir });
      } catch (error) {
        // Another node may be starting it, or another program took the free port.
        if (attempt === START_ATTEMPTS && (await postmaster.runningPort()) === undefined) throw error;
      }
    }
  };

  const port = await start(options.port);
  const urlOf = (database: string): string =>
    `postgres://${CLUSTER_USER}:${password}@127.0.0.1:${String(port)}/${database}`;
  await createDatabase(urlOf('postgres'), timeLimitMs);
  await writeFile(portFile, `${String(port)}\n`);

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
    await postmaster.stop();
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
  };
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
