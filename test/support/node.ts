import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readConfig, type ConfigInput } from '../../src/config/index.js';
import { openNodeProcess } from '../../src/local-cluster/node-process.js';
import { openNode } from '../../src/node.js';
import { freshDatabase, type TestDatabase } from './postgres.js';

/** A node of the real program, on a database of its own. */
export interface TestNode {
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly database: TestDatabase;
  /** Stops the node in order and drops its database. Idempotent. */
  stop(): Promise<void>;
}

/** What a test may set; free ports, silence and demo data are given. */
export type NodeOverrides = Omit<ConfigInput, 'postgres'> & {
  readonly postgres?: Partial<NonNullable<ConfigInput['postgres']>>;
};

/** Starts a node inside this process. Allow 30 s for the first of a test run. */
export async function startNode(overrides: NodeOverrides = {}): Promise<TestNode> {
  const database = await freshDatabase();
  const node = await openNode(readConfig(configOf(overrides, database.url), 'test configuration'));
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await node.close();
    await database.drop();
  };
  return {
    grpcAddress: `127.0.0.1:${String(node.grpcPort)}`,
    httpUrl: `http://127.0.0.1:${String(node.httpPort)}`,
    database,
    stop: () => (stopping ??= stop()),
  };
}

/**
 * What a node's metric says now.
 * @param label of the line, where the metric has several
 */
export async function metric({ httpUrl }: Pick<TestNode, 'httpUrl'>, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** A node in a process of its own, to be killed. */
export interface NodeProcess {
  readonly grpcAddress: string;
  readonly httpUrl: string;
  /** Sends the signal and waits for the process to end; the exit code, or null when a signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Starts it again on the same ports and database, after `kill`. */
  restart(): Promise<void>;
  /** Everything it wrote so far. */
  output(): string;
  /** SIGKILL if it still runs. Does not drop the database. */
  dispose(): Promise<void>;
}

/** Starts a node as a process on `databaseUrl`, with fixed ports so that clients find it again. */
export async function spawnNode(databaseUrl: string, overrides: NodeOverrides = {}): Promise<NodeProcess> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-node-'));
  const configFile = path.join(folder, 'cluster.config.json');
  const lines: string[] = [];
  const configure = (ports: object = {}): Promise<void> => {
    const config = configOf({ ...overrides, node: { ...overrides.node, ...ports } }, databaseUrl);
    return writeFile(configFile, JSON.stringify(config));
  };
  await configure();
  const node = await openNodeProcess({ configFile, onLine: (line) => lines.push(line) });
  return {
    grpcAddress: node.grpcAddress,
    httpUrl: node.httpUrl,
    async kill(signal) {
      return (await node.kill(signal)) ?? null;
    },
    async restart() {
      await configure({ grpcPort: portOf(`http://${node.grpcAddress}`), httpPort: portOf(node.httpUrl) });
      await node.start();
    },
    output: () => lines.map((line) => `${line}\n`).join(''),
    async dispose() {
      await node.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf(overrides: NodeOverrides, url: string): ConfigInput {
  return {
    demoData: true,
    ...overrides,
    node: { id: 'test-node', grpcPort: 0, httpPort: 0, logLevel: 'silent', ...overrides.node },
    postgres: { ...overrides.postgres, url },
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
