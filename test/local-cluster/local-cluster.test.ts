import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { openLocalCluster, type LocalCluster } from '../../src/local-cluster/local-cluster.js';
import { eventually } from '../support/eventually.js';
import { isAlive, isServing } from './alive.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

describe('a local cluster', function () {
  this.timeout(120_000);
  let folder: string;
  let database: TestDatabase;
  let cluster: LocalCluster | undefined;
  const lines: string[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-cluster-'));
    database = await freshDatabase();
  });
  after(async () => {
    await cluster?.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const open = (changes: Partial<Parameters<typeof openLocalCluster>[0]> = {}): Promise<LocalCluster> =>
    openLocalCluster({
      nodes: 2,
      folder,
      overrides: { demoData: true, postgres: { url: database.url, statementTimeoutMs: 4_000 } },
      log: (source, line) => lines.push(`${source}: ${line}`),
      ...changes,
    });
  const opened = (): LocalCluster => {
    if (cluster === undefined) throw new Error('it was not opened');
    return cluster;
  };

  it('runs each node as a process of its own, on servers they share', async () => {
    cluster = await open();
    expect(cluster.nodes.map(({ id }) => id)).to.deep.equal(['node-1', 'node-2']);
    for (const { id, pid, grpcAddress, httpUrl } of cluster.nodes) {
      expect(isAlive(pid), id).to.equal(true);
      expect(await isServing(grpcAddress), id).to.equal(true);
      expect((await fetch(`${httpUrl}/readyz`)).status).to.be.oneOf([200, 503]);
      expect(lines.some((line) => line.startsWith(`${id}: `) && line.includes(`"node":"${id}"`))).to.equal(true);
    }
    const [first, second] = cluster.nodes;
    expect(first?.pid).not.to.equal(second?.pid);
    expect(cluster.postgres).to.equal(undefined);
    expect(isAlive(cluster.redis?.pid)).to.equal(true);
  });

  it('writes the configuration of all nodes for whoever starts one by hand, and for nobody else', async () => {
    const { configFile, nodes, redisUrl, postgresUrl } = opened();
    expect((await stat(configFile)).mode & 0o777).to.equal(0o600);
    const written: unknown = JSON.parse(await readFile(configFile, 'utf8'));
    expect(written).to.deep.nested.include({
      'redis.url': redisUrl,
      postgres: { url: postgresUrl, statementTimeoutMs: 4_000 },
      demoData: true,
    });
    expect(written).to.have.nested.property('cluster.nodes').that.has.length(2);
    for (const [index, { grpcAddress, peerAddress }] of nodes.entries()) {
      const at = `cluster.nodes[${String(index)}]`;
      expect(written).to.nested.include({ [`${at}.grpcPort`]: Number(grpcAddress.split(':')[1]) });
      expect(written).to.nested.include({ [`${at}.peerPort`]: Number(peerAddress.split(':')[1]) });
    }
  });

  it('says when a node ends and why, and starts it again where it was', async () => {
    const node = opened().nodes[1];
    if (node === undefined) throw new Error('two nodes');
    const { grpcAddress, pid } = node;
    const ends: unknown[] = [];
    node.onEnd((how) => ends.push(how));
    expect(await node.kill('SIGKILL')).to.equal(null);
    expect(ends).to.deep.equal(['SIGKILL']);
    expect(node.pid).to.equal(undefined);
    expect(isAlive(pid)).to.equal(false);
    expect(await node.kill('SIGTERM'), 'no process to signal').to.equal(undefined);
    await node.start();
    expect(node).to.include({ grpcAddress, starts: 2 });
    expect(await isServing(grpcAddress)).to.equal(true);
    const again = await node.start().catch((error: unknown) => String(error));
    expect(again).to.include(`runs, as process ${String(node.pid)}`);
    expect(await node.stop()).to.equal(0);
    expect(ends).to.deep.equal(['SIGKILL', 0]);
    await node.start();
  });

  it('stops a node that is frozen in order, too', async () => {
    const node = opened().nodes[1];
    expect(await node?.kill('SIGSTOP')).to.equal(undefined);
    expect(await node?.stop()).to.equal(0);
    await node?.start();
  });

  it('leaves nothing running when it is closed, however often', async () => {
    const { nodes, redis, close } = opened();
    const pids = [...nodes.map(({ pid }) => pid), redis?.pid];
    const ends: unknown[] = [];
    for (const node of nodes) node.onEnd((how) => ends.push(how));
    await Promise.all([close(), close()]);
    await close();
    expect(ends).to.deep.equal([0, 0]);
    for (const pid of pids) expect(isAlive(pid)).to.equal(false);
  });

  it('runs nothing when a node does not start, and says what that wrote', async () => {
    let redisEnded = false;
    const failed = await open({
      overrides: { postgres: { url: 'postgres://127.0.0.1:1/nobody', connectTimeoutMs: 500 } },
      log: (source, line) => {
        redisEnded ||= source === 'redis' && line.includes('ended');
      },
    }).catch((error: unknown) => String(error));
    expect(failed).to.match(/node-[12] ended with 1 before it served:\n.*Postgres/s);
    expect(redisEnded).to.equal(true);
  });

  it('can be given up while a node waits for a Redis that is not there', async () => {
    const giveUp = new AbortController();
    const waiting = new Set<string>();
    const opening = open({
      overrides: { postgres: { url: database.url }, redis: { url: 'redis://127.0.0.1:1' } },
      log: (source, line) => {
        if (line.includes('Redis is away')) waiting.add(source);
      },
      signal: giveUp.signal,
    }).catch((error: unknown) => String(error));
    await eventually('both nodes to wait', () => waiting.size === 2, 60_000);
    giveUp.abort();
    expect(await opening).to.match(/node-[12] ended with SIGTERM before it served/);
  });

  it('refuses settings that do not fit before it starts a node, and a number of nodes it cannot have', async () => {
    const wrong = await open({
      overrides: {
        cluster: { leaseTtlMs: 300 },
        postgres: { url: database.url },
        redis: { url: 'redis://127.0.0.1:1' },
      },
    }).catch((error: unknown) => String(error));
    expect(wrong).to.include('cluster.leaseRenewMs: is 300');
    for (const nodes of [0, 17]) {
      expect(await open({ nodes }).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
    }
  });
});
