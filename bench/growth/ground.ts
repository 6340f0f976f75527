import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigInput } from '../../src/config/index.js';
import { openLocalCluster } from '../../src/local-cluster/local-cluster.js';
import { openNodeProcess, type NodeProcess } from '../../src/local-cluster/node-process.js';
import { openEmbeddedPostgres } from '../../src/storage/postgres/index.js';
import { openInterruptibly } from '../interruption.js';
import { requireRedis } from '../redis.js';

/** Nodes of the real program and the servers they share, of one measurement. */
export interface Ground {
  readonly postgresUrl: string;
  readonly nodes: readonly (NodeProcess & { readonly id: string })[];
  /** Undefined without a cluster. */
  readonly redisPid: number | undefined;
  close(): Promise<void>;
}

export interface GroundPlan {
  /** Folder for its data. */
  readonly home: string;
  /** Most screenings in the memory of a node. */
  readonly residentsMax?: number;
  /** Of V8's old generation, in MiB; what Node chooses when absent. */
  readonly heapMib?: number;
}

/** Holds must outlive the run, or their ends would be paid for by the sales of others. */
function settings({ residentsMax }: GroundPlan): ConfigInput {
  return {
    node: { id: 'node-1', logLevel: 'warn', grpcPort: 0, httpPort: 0 },
    screening: { holdTtlMs: 1_800_000 },
    demoData: false,
    ...(residentsMax === undefined ? {} : { runtime: { residentsMax } }),
  };
}

/** One node that is no cluster, with a Postgres that outlives it. */
export function openOneNode(plan: GroundPlan): Promise<Ground> {
  return openInterruptibly((giveUp) => oneNode(plan, giveUp));
}

async function oneNode(plan: GroundPlan, giveUp: AbortSignal): Promise<Ground> {
  await mkdir(plan.home, { recursive: true });
  const postgres = await openEmbeddedPostgres({ dataDir: path.join(plan.home, 'postgres'), port: 0 });
  try {
    const configFile = path.join(plan.home, 'node.config.json');
    const config: ConfigInput = { ...settings(plan), postgres: { url: postgres.url } };
    await writeFile(configFile, JSON.stringify(config), { mode: 0o600 });
    const env: Record<string, string> = {};
    if (plan.heapMib !== undefined) env['NODE_OPTIONS'] = `--max-old-space-size=${String(plan.heapMib)}`;
    const node = await openNodeProcess({ configFile, env, signal: giveUp });
    return {
      postgresUrl: postgres.url,
      nodes: [Object.assign(node, { id: 'node-1' })],
      redisPid: undefined,
      async close() {
        await node.stop();
        await postgres.close();
      },
    };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

/** A cluster, also of one node. @throws MachineUnfit when there is no redis-server */
export async function openCluster(nodes: number, plan: GroundPlan): Promise<Ground> {
  requireRedis();
  const { node: { logLevel } = {}, ...overrides } = settings(plan);
  const cluster = await openInterruptibly((signal) =>
    openLocalCluster({
      nodes,
      folder: plan.home,
      overrides: { ...overrides, ...(logLevel === undefined ? {} : { node: { logLevel } }) },
      signal,
    }),
  );
  return {
    postgresUrl: cluster.postgresUrl,
    nodes: cluster.nodes,
    redisPid: cluster.redis?.pid,
    close: () => cluster.close(),
  };
}
