import { mkdir, realpath, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { locateBinaries } from './embedded/binaries.js';
import { CLUSTER_USER, createCluster, readPassword, removeAbandonedDrafts } from './embedded/cluster.js';
import { freePort } from './embedded/free-port.js';
import { ownerFile } from './embedded/owner-file.js';
import { Postmaster } from './embedded/postmaster.js';
import { openPostgresUser } from './embedded/run-as.js';
import { hasCode, sqlState } from './errors.js';
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
/** After a crash the old server's children may need a moment to end; until then no new one starts. */
const START_PAUSE_MS = 250;
/** How long a server that is said to run may let nobody in before it is looked at again. */
const SILENCE_MS = 1_000;

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
        await pause(START_PAUSE_MS);
      }
    }
  };
  const urlOf = (port: number, database: string): string =>
    `postgres://${CLUSTER_USER}:${password}@127.0.0.1:${String(port)}/${database}`;
  /** Starts it until it answers: one that was killed just now may still seem to run. */
  const bringUp = async (wanted: number): Promise<number> => {
    const deadlineMs = performance.now() + timeLimitMs;
    for (let round = 1; ; round += 1) {
      const port = await start(wanted);
      if (await createDatabase(urlOf(port, 'postgres'), deadlineMs)) return port;
      if (performance.now() > deadlineMs)
        throw new Error(`a server seems to run on ${dataDir}, but 127.0.0.1:${String(port)} does not answer`);
      if (round === 1) log('warn', 'embedded Postgres seems to run but does not answer; looking again', { port });
    }
  };

  const port = await bringUp(options.port);
  await writeFile(portFile, `${String(port)}\n`);

  let restarting: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  const restart = async (): Promise<void> => {
    await owner.claim();
    const now = await bringUp(port);
    if (now !== port) throw new Error(`the server on ${dataDir} moved to port ${String(now)}; restart this node`);
  };
  const shutDown = async (): Promise<void> => {
    await restarting?.catch(() => undefined);
    if (!(await owner.claim())) return;
    await postmaster.stop();
    await owner.release();
    log('info', 'embedded Postgres stopped', { dataDir });
  };
  return {
    url: urlOf(port, DATABASE),
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

/**
 * Waits for the server and sees that the database is there. False when nobody answers:
 * a server that recovers says so, and is waited for until `deadlineMs`.
 */
async function createDatabase(adminUrl: string, deadlineMs: number): Promise<boolean> {
  const silentFromMs = performance.now() + SILENCE_MS;
  for (;;) {
    const timeLeftMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
    const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: timeLeftMs });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
      return true;
    } catch (error) {
      // 42P04, 23505: another node made it. 57P03: adopted while it still recovers.
      if (hasCode(error, '42P04') || hasCode(error, '23505')) return true;
      const answers = sqlState(error) !== undefined;
      if (answers && (!hasCode(error, '57P03') || performance.now() > deadlineMs)) throw error;
      if (!answers && performance.now() > Math.min(silentFromMs, deadlineMs)) return false;
      await pause(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

async function limitLogFile(logFile: string): Promise<void> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }));
  if (size > LOG_FILE_MAX_BYTES) await truncate(logFile);
}
