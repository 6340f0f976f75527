import { randomUUID } from 'node:crypto';
import type { Config } from './config/index.js';
import { loadDemoData } from './demo/demo-data.js';
import { startFrontEnds } from './node/front-ends.js';
import { startScreenings } from './node/screenings.js';
import { startStorage } from './node/storage.js';
import { openCluster } from './node/cluster.js';
import { openClusterPorts } from './node/cluster-ports.js';
import { joinCluster } from './node/join-cluster.js';
import type { NodeExtras, OnStop, Parts } from './node/parts.js';
import { systemClock, systemRandomness } from './runtime/index.js';
import { openLog, openMetrics, type Log } from './telemetry/index.js';

/** A running node. */
export interface Node {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Of the database it keeps everything in; holds the password. */
  readonly postgresUrl: string;
  /** Takes no more commands, finishes and snapshots what it has, closes everything, Postgres last. Idempotent. */
  close(): Promise<void>;
}

/**
 * Composition root: makes every part, hands each what it needs, starts them in the
 * order of their needs. Stopping goes the other way round. When a part fails to
 * start, those before it are stopped and the error is thrown.
 */
export async function openNode(config: Config, extras: NodeExtras = {}): Promise<Node> {
  const log = openLog(config.node.logLevel, config.node.id);
  const started: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const stop of started.reverse()) await stop();
    log.info('node stopped');
  };
  const close = (): Promise<void> => (closing ??= stopAll());
  try {
    return { ...(await start(config, extras, log, (stop) => started.push(stop))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(config: Config, extras: NodeExtras, log: Log, onStop: OnStop): Promise<Omit<Node, 'close'>> {
  const parts: Parts = {
    config,
    log,
    metrics: openMetrics(config.node.id),
    clock: systemClock,
    randomness: systemRandomness(),
    identity: { nodeId: config.node.id, bootId: randomUUID() },
    onStop,
  };
  const storage = await startStorage(parts, extras);
  const ports = config.redis.url === null ? undefined : await openClusterPorts(parts, config.redis.url);
  const cluster = ports === undefined ? undefined : openCluster(parts, storage, ports);
  if (cluster === undefined) log.info('no Redis is configured: this node is alone');
  const screenings = await startScreenings(parts, storage, cluster, extras);
  if (config.demoData) await loadDemoData(screenings.boxOffice, parts.clock);
  const frontEnds = await startFrontEnds(parts, storage, screenings, cluster, extras);
  const { grpcPort, httpPort } = frontEnds;
  storage.health.start();
  if (cluster !== undefined) await joinCluster(parts, storage, screenings, cluster, frontEnds);
  // The first things a stop does: nobody new is sent here, and peers take the screenings over.
  onStop(() => cluster?.drain());
  onStop(() => {
    storage.health.drain();
  });
  log.info({ grpcPort, httpPort, embeddedPostgres: config.postgres.url === null }, 'node started');
  return { grpcPort, httpPort, postgresUrl: storage.url };
}
