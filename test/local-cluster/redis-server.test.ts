import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openRedisServer, type RedisServer } from '../../src/local-cluster/redis-server.js';
import { findOrInstallRedisServer } from '../../src/setup/redis.mjs';
import { eventually } from '../support/eventually.js';
import { openTestRedis, type TestRedis } from '../support/redis.js';

describe('the redis-server of a process', function () {
  this.timeout(20_000);
  const redisServer = findOrInstallRedisServer();

  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  const open = async (keepIn?: string): Promise<RedisServer> => {
    const server = await openRedisServer({ redisServer, ...(keepIn === undefined ? {} : { keepIn }) });
    closers.push(() => server.stop());
    return server;
  };
  const connect = (url: string): TestRedis['client'] => {
    const { client } = openTestRedis(url);
    closers.push(() => client.disconnect());
    return client;
  };

  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  const folderOf = async (url: string): Promise<string> => {
    const client = connect(url);
    const [, folder = ''] = [await client.config('GET', 'dir')].flat().map(String);
    return folder;
  };

  it('keeps its address over a restart, and nothing else', async () => {
    const server = await open();
    const client = connect(server.url);
    await client.set('k', 'v');
    const { pid, url } = server;
    await server.restart();
    expect(server.url).to.equal(url);
    expect(server.pid).to.not.equal(pid);
    expect(isAlive(pid)).to.equal(false);
    await eventually('the client to be back', () =>
      client.get('k').then(
        (value) => value === null,
        () => false,
      ),
    );
  });

  it('listens on the loopback interface, and writes nothing down', async () => {
    const server = await open();
    const client = connect(server.url);
    expect(await client.config('GET', 'bind')).to.deep.equal(['bind', '127.0.0.1']);
    expect(await client.config('GET', 'save')).to.deep.equal(['save', '']);
    expect(await client.config('GET', 'appendonly')).to.deep.equal(['appendonly', 'no']);
  });

  it('starts again from its append-only file where it is to keep one, after a kill as well, and leaves that', async () => {
    const keepIn = await mkdtemp(path.join(os.tmpdir(), 'cinema-kept-'));
    closers.push(() => rm(keepIn, { recursive: true, force: true }));
    const server = await open(keepIn);
    const client = connect(server.url);
    await client.config('SET', 'appendfsync', 'always');
    await client.set('k', 'v');
    await server.restart();
    await eventually('the client to be back', () =>
      client.get('k').then(
        (value) => value === 'v',
        () => false,
      ),
    );
    await server.stop();
    expect(await readdir(keepIn)).to.not.be.empty;
  });

  it('stops once however often it is asked, frozen or dead, and leaves no folder', async () => {
    for (const signal of ['SIGSTOP', 'SIGKILL', 'SIGTERM'] as const) {
      const server = await open();
      const folder = await folderOf(server.url);
      expect(existsSync(folder)).to.equal(true);
      await server.kill(signal);
      await Promise.all([server.stop(), server.stop()]);
      expect(isAlive(server.pid)).to.equal(false);
      expect(existsSync(folder), folder).to.equal(false);
      const error = await server.restart().catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(Error);
    }
  });

  it('ends with its process, even when that is killed', async () => {
    const module = fileURLToPath(new URL('../../src/local-cluster/redis-server.js', import.meta.url));
    const program = `
      const { openRedisServer } = await import(${JSON.stringify(module)});
      const { pid, url } = await openRedisServer({ redisServer: ${JSON.stringify(redisServer)} });
      process.stdout.write(pid + ' ' + url);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    closers.push(() => parent.kill('SIGKILL'));
    const [pid, url] = await new Promise<readonly [number, string]>((resolve) =>
      parent.stdout.once('data', (chunk: Buffer) => {
        const [pidText = '', urlText = ''] = chunk.toString().split(' ');
        resolve([Number(pidText), urlText]);
      }),
    );
    const folder = await folderOf(url);
    expect(existsSync(folder)).to.equal(true);
    parent.kill('SIGKILL');
    await eventually('the server to end', () => !isAlive(pid));
    await eventually('its folder to go', () => !existsSync(folder));
  });

  it('that is none says what it wrote', async () => {
    for (const program of [process.execPath, '/nowhere/redis-server']) {
      const error = await openRedisServer({ redisServer: program }).catch((caught: unknown) => caught);
      expect(String(error))
        .to.include(program)
        .and.match(/bad option|not found/);
    }
  });
});
