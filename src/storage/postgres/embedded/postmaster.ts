import { readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StorageLog } from '../log.js';
import type { PostgresBinaries } from './binaries.js';
import type { Runner } from './run.js';

/**
 * What a node sets on the server it starts. On the command line, so that a data
 * directory made by an older version gets them too.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // Room for some minutes of full load between checkpoints.
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '10min',
  random_page_cost: '1.1',
  // Statements here are short: compiling them costs more than running them.
  jit: 'off',
  // Refused keys and retried serialisation failures are business as usual, not log lines.
  log_min_messages: 'log',
  log_checkpoints: 'off',
};

/** The server on one data directory, by way of `pg_ctl`. */
export class Postmaster {
  /** @param clusterDir absolute and free of symbolic links. */
  constructor(
    private readonly runner: Runner,
    private readonly binaries: PostgresBinaries,
    private readonly clusterDir: string,
    private readonly logFile: string,
    private readonly startTimeLimitMs: number,
    private readonly log: StorageLog,
  ) {}

  /** Its port when it runs, else undefined. A stale postmaster.pid counts as not running. */
  async runningPort(): Promise<number | undefined> {
    const file = path.join(this.clusterDir, 'postmaster.pid');
    const [pid, , , port] = await readFile(file, 'utf8').then(
      (text) => text.split('\n').map((line) => Number.parseInt(line, 10)),
      () => [],
    );
    if (pid === undefined) return undefined;
    if ((await hasEnded(pid)) || (await belongsToAnother(pid, this.clusterDir))) {
      // After a restart of a container its id is often some other program's, which
      // Postgres would take for a live server and refuse to start. It takes an ended one
      // that its parent has not asked after for one, too.
      this.log('warn', 'removing the postmaster.pid of a server that is gone', { pid });
      await rm(file, { force: true });
      return undefined;
    }
    const { code } = await this.runner.run(this.binaries.pgCtl, ['status', '-D', this.clusterDir]);
    return code === 0 && port !== undefined && port > 0 ? port : undefined;
  }

  /** Starts it and waits until it accepts connections. @throws Error with the end of its log. */
  async start(port: number): Promise<void> {
    const settings = Object.entries({ ...SETTINGS, port: String(port) });
    const { code, output } = await this.runner.run(this.binaries.pgCtl, [
      ...['start', '-w', '-s', '-t', String(Math.ceil(this.startTimeLimitMs / 1000))],
      ...['-D', this.clusterDir, '-l', this.logFile],
      ...['-o', settings.map(([name, value]) => `-c ${name}=${value}`).join(' ')],
    ]);
    if (code === 0) return;
    const tail = await readFile(this.logFile, 'utf8').then(
      (text) => text.slice(-2_000),
      () => '',
    );
    throw new Error(`Postgres did not start on 127.0.0.1:${String(port)}: ${output.trim()}\n${tail}`.trim());
  }

  /**
   * Ends its sessions, stops it and waits for its end; a no-op when it does not run.
   * @throws Error when it did not end in time.
   */
  async stop(): Promise<void> {
    if ((await this.runningPort()) === undefined) return;
    const { code, output } = await this.runner.run(this.binaries.pgCtl, [
      ...['stop', '-w', '-s', '-m', 'fast', '-t', String(Math.ceil(this.startTimeLimitMs / 1000))],
      ...['-D', this.clusterDir],
    ]);
    if (code !== 0 && (await this.runningPort()) !== undefined)
      throw new Error(`Postgres did not stop: ${output.trim()}`);
  }
}

/**
 * True only when /proc shows that the process has ended and its parent has not asked
 * after it: in a container the parent is often a program that never does. Children
 * that it left are safe: no server starts while one has the old one's shared memory.
 */
async function hasEnded(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => '');
  return /^State:\s+[ZX]/m.test(status);
}

/**
 * True only when /proc shows that the process is not the server on `clusterDir`:
 * a server's working directory is its data directory.
 */
async function belongsToAnother(pid: number, clusterDir: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const workingDirectory = await readlink(`/proc/${String(pid)}/cwd`).catch(() => undefined);
  return workingDirectory !== undefined && workingDirectory !== clusterDir;
}
