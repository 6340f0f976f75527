import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configDifferences, readConfig, type Config, type ConfigInput } from '../config/index.js';
import { findOrInstallRedisServer } from '../setup/redis.mjs';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../storage/postgres/index.js';
import { openNodeProcess, type NodeProcess } from './node-process.js';
import { choosePorts, type NodePorts } from './ports.js';
import { openRedisServer, type RedisServer } from './redis-server.js';

export interface LocalClusterOptions {
  /** 1 to 16; their ids are node-1, node-2 ... */
  readonly nodes: number;
  /** Where its configuration is written, and the data of a Postgres whose place is not in `overrides`. Made when absent. */
  readonly folder: string;
  /** Default `free`. */
  readonly ports?: 'usual' | 'free';
  /**
   * Settings of every node. With redis.url or postgres.url that server is used, else one
   * is started and stopped with the cluster. Weights and zones are taken from cluster.nodes.
   */
  readonly overrides?: ConfigInput;
  /** Environment of one node: DATABASE_URL and REDIS_URL lead it to its servers another way. */
  readonly env?: (nodeId: string) => Readonly<Record<string, string>>;
  /** The port peers dial in place of a node's own: of a proxy, which the caller opens and closes. */
  readonly advertisePeerPort?: (nodeId: string, peerPort: number) => Promise<number>;
  /** What each node runs instead of the program, by its path; takes the same arguments. For tests. */
  readonly program?: string;
  /** Told of every line a node writes, by its id, and of what becomes of `redis` and `postgres`. */
  readonly log?: (source: string, line: string) => void;
  /** Gives up while it starts; `close` is for afterwards. */
  readonly signal?: AbortSignal;
}

/** Several nodes of the real program as processes of this machine, with the servers they share. */
export interface LocalCluster {
  readonly nodes: readonly ClusterNode[];
  /** To be killed, frozen and restarted; undefined when the configuration names one. */
  readonly redis: RedisServer | undefined;
  readonly redisUrl: string;
  /** Undefined when the configuration names a server. */
  readonly postgres: EmbeddedPostgres | undefined;
  /** Holds the password. */
  readonly postgresUrl: string;
  /** For `npm start -- --node ID --config FILE`; readable by its owner only, for it has the password. */
  readonly configFile: string;
  /** Stops all nodes at once, in order, then Redis, then Postgres. Idempotent. */
  close(): Promise<void>;
}

export interface ClusterNode extends NodeProcess {
  readonly id: string;
  /** Where it is to listen for its peers. */
  readonly peerAddress: string;
}

const HOST = '127.0.0.1';
/** What a stop may take beyond the hand-over: calls under way, viewers, last snapshots. */
const STOP_GRACE_MS = 30_000;

type OnStop = (stop: () => Promise<unknown>) => void;
type Log = NonNullable<LocalClusterOptions['log']>;

/**
 * Starts everything and waits until every node serves.
 * @throws Error of the first part that cannot start; nothing goes on running then
 */
export async function openLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const { nodes: count, folder, overrides = {}, log = () => undefined } = options;
  if (!(Number.isInteger(count) && count >= 1 && count <= 16)) throw new RangeError(`${String(count)} nodes, 1 to 16`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const started: (() => Promise<unknown>)[] = [];
  const onStop: OnStop = (stop) => started.push(stop);
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    for (const stop of started.reverse()) await stop();
  };
  const close = (): Promise<void> => (closing ??= closeAll());
  try {
    const postgres = await openPostgres(overrides, folder, log, onStop);
    const redis = await openRedis(overrides, log, onStop);
    const ports = await advertised(await choosePorts(count, options.ports ?? 'free'), options.advertisePeerPort);
    const config = clusterConfig(overrides, ports, redis.redisUrl, postgres.postgresUrl);
    const configFile = path.join(folder, 'cluster.config.json');
    await writeFile(configFile, `${JSON.stringify(configDifferences(config), undefined, 2)}\n`, { mode: 0o600 });
    const nodes = await openNodes(options, config, configFile, onStop);
    return { ...postgres, ...redis, nodes, configFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPostgres(
  { postgres: { url, dataDir, embeddedPort = 0 } = {} }: ConfigInput,
  folder: string,
  log: Log,
  onStop: OnStop,
): Promise<Pick<LocalCluster, 'postgres' | 'postgresUrl'>> {
  if (typeof url === 'string') return { postgres: undefined, postgresUrl: url };
  const postgres = await openEmbeddedPostgres({
    dataDir: dataDir ?? path.join(folder, 'postgres'),
    port: embeddedPort,
    log: (_level, message) => {
      log('postgres', message);
    },
  });
  onStop(() => postgres.close());
  return { postgres, postgresUrl: postgres.url };
}

async function openRedis(
  { redis: { url } = {} }: ConfigInput,
  log: Log,
  onStop: OnStop,
): Promise<Pick<LocalCluster, 'redis' | 'redisUrl'>> {
  if (typeof url === 'string') return { redis: undefined, redisUrl: url };
  const redis = await openRedisServer({
    redisServer: findOrInstallRedisServer(),
    log: (message) => {
      log('redis', message);
    },
  });
  onStop(() => redis.stop());
  return { redis, redisUrl: redis.url };
}

type AdvertisedPorts = NodePorts & { readonly advertisedPeerPort?: number };

function advertised(
  ports: readonly NodePorts[],
  advertise: LocalClusterOptions['advertisePeerPort'],
): Promise<readonly AdvertisedPorts[]> {
  return Promise.all(
    ports.map(async (chosen, index) =>
      advertise === undefined
        ? chosen
        : { ...chosen, advertisedPeerPort: await advertise(idOf(index), chosen.peerPort) },
    ),
  );
}

const idOf = (index: number): string => `node-${String(index + 1)}`;

/** What every node's file says; each is told by `--node` which of them it is. @throws ConfigError */
function clusterConfig(
  overrides: ConfigInput,
  ports: readonly AdvertisedPorts[],
  redisUrl: string,
  postgresUrl: string,
): Config {
  const nodes = ports.map((chosen, index) => {
    const id = idOf(index);
    const { weight, zone } = overrides.cluster?.nodes?.find((node) => node.id === id) ?? {};
    return {
      ...{ id, host: HOST, ...chosen },
      ...(weight === undefined ? {} : { weight }),
      ...(zone === undefined ? {} : { zone }),
    };
  });
  return readConfig(
    {
      ...overrides,
      // Whoever forgets --node is the first, and not some other node.
      node: { ...overrides.node, ...ports[0], id: nodes[0]?.id, host: HOST, advertisedHost: null },
      cluster: { ...overrides.cluster, nodes },
      redis: { ...overrides.redis, url: redisUrl },
      postgres: { ...overrides.postgres, url: postgresUrl },
    },
    'the local cluster',
  );
}

/** All at once: whatever one of them makes, the others find or make up for. */
async function openNodes(
  { env, log, program, signal }: LocalClusterOptions,
  { cluster }: Config,
  configFile: string,
  onStop: OnStop,
): Promise<readonly ClusterNode[]> {
  const giveUp = new AbortController();
  const starting = signal === undefined ? giveUp.signal : AbortSignal.any([giveUp.signal, signal]);
  const opening = cluster.nodes.map(async ({ id, host, peerPort = 0 }) => {
    const options = {
      configFile,
      nodeId: id,
      signal: starting,
      ...(env === undefined ? {} : { env: env(id) }),
      ...(program === undefined ? {} : { program }),
      ...(log === undefined
        ? {}
        : {
            onLine: (line: string) => {
              log(id, line);
            },
          }),
    };
    return Object.assign(await openNodeProcess(options), { id, peerAddress: `${host}:${String(peerPort)}` });
  });
  onStop(async () => {
    giveUp.abort();
    // One that does not start has ended by then.
    const settled = await Promise.allSettled(opening);
    const running = settled.flatMap((node) => (node.status === 'fulfilled' ? [node.value] : []));
    await Promise.all(running.map((node) => node.stop(cluster.drainTimeoutMs + STOP_GRACE_MS)));
  });
  return Promise.all(opening);
}
