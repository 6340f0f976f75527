import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import type { ConfigInput } from '../../src/config/index.js';
import { openLocalCluster, type ClusterNode, type LocalCluster } from '../../src/local-cluster/local-cluster.js';
import { openRedisServer, type RedisServer } from '../../src/local-cluster/redis-server.js';
import { findOrInstallRedisServer } from '../../src/setup/redis.mjs';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../../src/storage/postgres/index.js';
import { CuttableProxy } from '../support/cuttable-proxy.js';
import { eventually } from '../support/eventually.js';

/** What a node depends on, by way of a proxy that is its own. `peer` is the way of its peers to it. */
export type LinkName = 'peer' | 'redis' | 'postgres';

/** A node of the real program, to be killed, frozen and cut off. */
export interface NodeUnderTest {
  readonly id: string;
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly links: Readonly<Record<LinkName, CuttableProxy>>;
  kill: ClusterNode['kill'];
  stop: ClusterNode['stop'];
  /** Undefined when it does not run. */
  readonly pid: number | undefined;
  /** Starts it again, trying until it serves: what it needs may be away meanwhile. @throws Error after a minute */
  start(): Promise<void>;
}

export interface ClusterUnderTest {
  readonly nodes: readonly NodeUnderTest[];
  readonly redis: RedisServer;
  /** Straight to the server, not by way of a proxy; holds the password. */
  readonly postgresUrl: string;
  /** Has what the nodes wrote: nodes.log. Removed by `close`, unless it is told to keep it. */
  readonly folder: string;
  /** The first lines of the nodes that say that something went wrong which no fault explains. */
  readonly complaints: readonly string[];
  /** Ends the database server at once, as a crash would. */
  crashPostgres(): Promise<void>;
  /** Starts it again, if it does not run. */
  startPostgres(): Promise<void>;
  /** Removes every key, as an operator's mistake would. */
  flushRedis(): Promise<void>;
  /** Mends every link, wakes, and starts whatever does not run. */
  heal(): Promise<void>;
  close(options?: { readonly keep: boolean }): Promise<void>;
}

export interface ClusterUnderTestOptions {
  readonly nodes: number;
  readonly overrides?: ConfigInput;
  /** See LocalClusterOptions. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const START_TRIES_MS = 60_000;
const START_PAUSE_MS = 250;
/** What a healthy program does not write, whatever happens to it. */
const COMPLAINTS = /internal error|a call of a peer failed|the database refused a turn|unhandled|"reason":"bug"/i;

/** The first tell what is wrong, and nodes.log has them all. */
const COMPLAINTS_MAX = 10;

/** Real nodes, Redis and Postgres, each node behind proxies of its own. */
export async function openClusterUnderTest(options: ClusterUnderTestOptions): Promise<ClusterUnderTest> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-chaos-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const stop of closers.splice(0).reverse()) await stop();
  };
  try {
    const dataDir = path.join(folder, 'postgres');
    const postgres = await openEmbeddedPostgres({ dataDir, port: 0 });
    closers.push(() => postgres.close());
    const redis = await openRedisServer({ redisServer: findOrInstallRedisServer() });
    closers.push(() => redis.stop());
    return await openOn(options, folder, redis, postgres, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOn(
  { nodes: count, overrides = {}, program, env = {} }: ClusterUnderTestOptions,
  folder: string,
  redis: RedisServer,
  postgres: EmbeddedPostgres,
  closers: (() => Promise<unknown>)[],
  closeAll: () => Promise<void>,
): Promise<ClusterUnderTest> {
  const links = new Map<string, Map<LinkName, CuttableProxy>>();
  const openLink = async (nodeId: string, name: LinkName, target: string): Promise<CuttableProxy> => {
    const proxy = await CuttableProxy.open(target);
    closers.push(() => proxy.close());
    links.set(nodeId, (links.get(nodeId) ?? new Map<LinkName, CuttableProxy>()).set(name, proxy));
    return proxy;
  };
  const linkOf = (nodeId: string, name: LinkName): CuttableProxy => {
    const proxy = links.get(nodeId)?.get(name);
    if (proxy === undefined) throw new Error(`${nodeId} has no proxy of ${name}`);
    return proxy;
  };
  for (let number = 1; number <= count; number += 1) {
    const id = `node-${String(number)}`;
    await openLink(id, 'redis', redis.url);
    await openLink(id, 'postgres', postgres.url);
  }
  const log = createWriteStream(path.join(folder, 'nodes.log'));
  const complaints: string[] = [];
  const cluster: LocalCluster = await openLocalCluster({
    nodes: count,
    folder,
    overrides: {
      demoData: true,
      ...overrides,
      redis: { ...overrides.redis, url: redis.url },
      postgres: { ...overrides.postgres, url: postgres.url },
    },
    env: (id) => ({
      ...env,
      REDIS_URL: through(redis.url, linkOf(id, 'redis')),
      DATABASE_URL: through(postgres.url, linkOf(id, 'postgres')),
    }),
    advertisePeerPort: async (id, port) => (await openLink(id, 'peer', `tcp://127.0.0.1:${String(port)}`)).port,
    log: (source, line) => {
      log.write(`${String(Date.now())} ${source} ${line}\n`);
      if (COMPLAINTS.test(line) && complaints.length < COMPLAINTS_MAX)
        complaints.push(`${source} ${line.slice(0, 400)}`);
    },
    ...(program === undefined ? {} : { program }),
  });
  closers.push(() => cluster.close());
  const nodes = cluster.nodes.map((node): NodeUnderTest => {
    let isMeant = false;
    node.onEnd((how) => {
      if (!isMeant) complaints.push(`${node.id} ended by itself: ${String(how)}`);
    });
    return {
      id: node.id,
      get grpcAddress() {
        return node.grpcAddress;
      },
      get httpUrl() {
        return node.httpUrl;
      },
      get pid() {
        return node.pid;
      },
      links: { peer: linkOf(node.id, 'peer'), redis: linkOf(node.id, 'redis'), postgres: linkOf(node.id, 'postgres') },
      kill(signal) {
        isMeant = isMeant || (signal !== 'SIGSTOP' && signal !== 'SIGCONT');
        return node.kill(signal);
      },
      stop(timeoutMs) {
        isMeant = true;
        return node.stop(timeoutMs);
      },
      async start() {
        isMeant = true;
        await startStubbornly(node);
        isMeant = false;
      },
    };
  });
  const startPostgres = (): Promise<void> => postgres.ensureRunning();
  return {
    nodes,
    redis,
    postgresUrl: postgres.url,
    folder,
    complaints,
    crashPostgres: () => crash(path.join(folder, 'postgres', 'cluster', 'postmaster.pid')),
    startPostgres,
    flushRedis: () => flush(redis.port),
    async heal() {
      for (const byName of links.values()) for (const proxy of byName.values()) proxy.mend();
      await redis.kill('SIGCONT');
      await startPostgres();
      for (const node of nodes) await node.kill('SIGCONT');
      await Promise.all(nodes.filter(({ pid }) => pid === undefined).map((node) => node.start()));
    },
    async close({ keep } = { keep: false }) {
      if (keep) closers.shift();
      await closeAll();
      log.end();
    },
  };
}

async function startStubbornly(node: ClusterNode): Promise<void> {
  const deadlineMs = performance.now() + START_TRIES_MS;
  while (node.pid === undefined) {
    try {
      await node.start();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
    }
  }
}

function through(url: string, proxy: CuttableProxy): string {
  const changed = new URL(url);
  changed.port = String(proxy.port);
  return changed.href;
}

async function crash(pidFile: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
  process.kill(pid, 'SIGQUIT');
  await eventually('the database server to end', () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}

async function flush(port: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1, commandTimeout: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.flushall();
  } finally {
    client.disconnect();
  }
}
