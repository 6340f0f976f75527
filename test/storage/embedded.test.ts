import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { openEmbeddedPostgres } from '../../src/storage/postgres/index.js';
import { eventually } from '../support/eventually.js';

describe('embedded Postgres', function () {
  this.timeout(60_000);
  let dataDir: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'cinema-embedded-')); // closed to other users
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    if ((await runningPid()) !== undefined) await crash();
    await rm(dataDir, { recursive: true, force: true });
  });

  const pidFile = (): string => path.join(dataDir, 'cluster', 'postmaster.pid');
  const runningPid = async (): Promise<number | undefined> => {
    const pid = Number.parseInt(await readFile(pidFile(), 'utf8').catch(() => ''), 10);
    if (!Number.isInteger(pid)) return undefined;
    try {
      process.kill(pid, 0);
      return pid;
    } catch {
      return undefined;
    }
  };
  const crash = async (): Promise<void> => {
    const pid = await runningPid();
    if (pid !== undefined) process.kill(pid, 'SIGQUIT');
    await eventually('the server to end', async () => (await runningPid()) === undefined);
  };
  const ask = async (url: string, text: string): Promise<unknown> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows[0];
    } finally {
      await client.end();
    }
  };

  it('keeps what was committed, over stops and crashes, and stays on its port', async () => {
    const first = await openEmbeddedPostgres({ dataDir, port: 0 });
    await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS answer');
    await first.close();
    await first.close();
    expect(await runningPid()).to.equal(undefined);
    const second = await openEmbeddedPostgres({ dataDir, port: 0 });
    expect(second.url).to.equal(first.url);
    expect(await ask(second.url, 'SELECT answer FROM kept')).to.deep.equal({ answer: 7 });
    await crash();
    await Promise.all([second.ensureRunning(), second.ensureRunning(), second.ensureRunning()]);
    expect(await ask(second.url, 'SELECT answer FROM kept')).to.deep.equal({ answer: 7 });
    await second.close();
    expect(await second.ensureRunning().catch((error: unknown) => String(error))).to.include('closed');
  });

  it('is durable, UTF-8, on the loopback only, and asks for its password', async () => {
    const server = await openEmbeddedPostgres({ dataDir, port: 0 });
    const settings = await ask(
      server.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('listen_addresses') AS address,
         current_setting('unix_socket_directories') AS sockets, current_setting('server_encoding') AS encoding,
         (SELECT datcollate FROM pg_database WHERE datname = current_database()) AS collation`,
    );
    expect(settings).to.deep.equal({
      fsync: 'on',
      address: '127.0.0.1',
      sockets: '',
      encoding: 'UTF8',
      collation: 'C',
    });
    const url = new URL(server.url);
    expect((await stat(path.join(dataDir, 'cluster', 'cinema.password'))).mode & 0o077).to.equal(0);
    url.password = 'guessed';
    expect(await ask(url.href, 'SELECT 1').catch((error: unknown) => String(error))).to.include(
      'authentication failed',
    );
    await server.close();
  });

  it('adopts the server of a node that was killed', async () => {
    const door = import.meta.resolve('../../src/storage/postgres/index.js');
    const program = `
      const { openEmbeddedPostgres } = await import(${JSON.stringify(door)});
      const { url } = await openEmbeddedPostgres({ dataDir: process.argv[1], port: 0 });
      console.log(url);
      setInterval(() => undefined, 1_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = (await once(child.stdout, 'data')).map(String);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const pid = await runningPid();
    expect(pid, 'its server outlives it').to.not.equal(undefined);

    const adopted = await openEmbeddedPostgres({ dataDir, port: 0 });
    expect(adopted.url).to.equal(line?.trim());
    expect(await runningPid(), 'the same server').to.equal(pid);
    await adopted.close();
    expect(await runningPid(), 'the heir stops it').to.equal(undefined);
  });

  it('is stopped by its owner only, and survives opening at once', async () => {
    const servers = await Promise.all([1, 2].map(() => openEmbeddedPostgres({ dataDir, port: 0 })));
    expect(servers[0]?.url).to.equal(servers[1]?.url);
    const owner = await openEmbeddedPostgres({ dataDir, port: 0 });
    await owner.close();
    expect(await runningPid(), 'the third is not the owner').to.not.equal(undefined);
    for (const server of servers) await server.close();
    expect(await runningPid()).to.equal(undefined);
  });

  it('starts over a postmaster.pid whose process id belongs to another program now', async function () {
    if (process.platform !== 'linux') this.skip(); // elsewhere nothing tells which program it is
    const server = await openEmbeddedPostgres({ dataDir, port: 0 });
    await crash();
    const { uid, gid } = await stat(path.join(dataDir, 'cluster'));
    const stranger = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
    children.push(stranger);
    await once(stranger, 'spawn');
    const { port } = new URL(server.url);
    await writeFile(pidFile(), `${String(stranger.pid)}\n${dataDir}/cluster\n0\n${port}\n\n127.0.0.1\n`);
    await server.ensureRunning();
    expect(await ask(server.url, 'SELECT 1 AS one')).to.deep.equal({ one: 1 });
    await server.close();
  });

  it('is back within seconds after the server was killed, and so are its tables', async () => {
    const server = await openEmbeddedPostgres({ dataDir, port: 0 });
    await ask(server.url, 'CREATE TABLE kept AS SELECT 7 AS answer');
    process.kill((await runningPid()) ?? 0, 'SIGKILL');
    const startedMs = performance.now();
    await server.ensureRunning(); // at once: it may still seem to run
    expect(performance.now() - startedMs).to.be.below(5_000);
    expect(await ask(server.url, 'SELECT answer FROM kept')).to.deep.equal({ answer: 7 });
    await server.close();
  });

  describe('that seems to run although nobody answers', () => {
    /** A process that looks like the server of `dataDir` to `pg_ctl status`, until it ends. */
    const impostor = async (url: string, seconds: number): Promise<() => Promise<void>> => {
      const clusterDir = path.join(dataDir, 'cluster');
      const { uid, gid } = await stat(clusterDir);
      const child = spawn('sleep', [String(seconds)], { uid, gid, cwd: clusterDir, stdio: 'ignore' });
      children.push(child);
      await once(child, 'spawn');
      const ended = once(child, 'exit');
      const { port } = new URL(url);
      await writeFile(pidFile(), `${String(child.pid)}\n${clusterDir}\n0\n${port}\n\n127.0.0.1\n`);
      return async () => {
        child.kill('SIGKILL');
        await ended;
      };
    };

    it('is looked at again, and started once it is gone', async () => {
      const server = await openEmbeddedPostgres({ dataDir, port: 0 });
      await crash();
      const end = await impostor(server.url, 0.5);
      const startedMs = performance.now();
      await server.ensureRunning();
      expect(performance.now() - startedMs).to.be.below(5_000);
      expect(await ask(server.url, 'SELECT 1 AS one')).to.deep.equal({ one: 1 });
      await end();
      await server.close();
    });

    it('is given up in the end, with a sentence that says so', async () => {
      const server = await openEmbeddedPostgres({ dataDir, port: 0, timeLimitMs: 3_000 });
      await crash();
      const end = await impostor(server.url, 60);
      const failure = await server.ensureRunning().catch((error: unknown) => String(error));
      expect(failure).to.match(/seems to run on .*, but 127\.0\.0\.1:\d+ does not answer/);
      await end();
      await server.ensureRunning();
      await server.close();
    });

    it('is started although its parent has not asked after its end', async function () {
      if (process.platform !== 'linux') this.skip(); // elsewhere nothing tells that it has ended
      const server = await openEmbeddedPostgres({ dataDir, port: 0 });
      await crash();
      const { uid, gid } = await stat(path.join(dataDir, 'cluster'));
      // The shell becomes `sleep`, which never asks after the child it has inherited.
      const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
        ...{ uid, gid },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(parent);
      const [zombie] = (await once(parent.stdout, 'data')).map(String);
      const state = async (): Promise<string> => readFile(`/proc/${zombie?.trim() ?? ''}/status`, 'utf8');
      await eventually('the child to end', async () => (await state()).includes('State:\tZ'));
      const { port } = new URL(server.url);
      await writeFile(pidFile(), `${zombie?.trim() ?? ''}\n${dataDir}/cluster\n0\n${port}\n\n127.0.0.1\n`);
      await server.ensureRunning();
      expect(await ask(server.url, 'SELECT 1 AS one')).to.deep.equal({ one: 1 });
      await server.close();
    });
  });

  it('starts beside the half-made cluster of a start that was killed, and removes it when it is old', async () => {
    const [old, young] = ['cluster.new.1.old', 'cluster.new.1.young'];
    for (const draft of [old, young]) await mkdir(path.join(dataDir, draft));
    await utimes(path.join(dataDir, old), new Date(0), new Date(0));
    const server = await openEmbeddedPostgres({ dataDir, port: 0 });
    const left = (await readdir(dataDir)).filter((name) => name.startsWith('cluster'));
    expect(left).to.have.members(['cluster', young]);
    await server.close();
  });
});
