import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig, type ConfigInput } from '../../src/config/index.js';
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

const mainFile = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** Starts a node as a process on `databaseUrl`, with fixed ports so that clients find it again. */
export async function spawnNode(databaseUrl: string, overrides: NodeOverrides = {}): Promise<NodeProcess> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-node-'));
  const configFile = path.join(folder, 'cluster.config.json');
  let running = await start(configFile, configOf(overrides, databaseUrl));
  const { grpcAddress, httpUrl } = running;
  let written = '';
  return {
    grpcAddress,
    httpUrl,
    async kill(signal) {
      running.child.kill(signal);
      return running.ended;
    },
    async restart() {
      written += running.output();
      const ports = { grpcPort: portOf(`http://${grpcAddress}`), httpPort: portOf(httpUrl) };
      running = await start(configFile, configOf({ ...overrides, node: { ...overrides.node, ...ports } }, databaseUrl));
    },
    output: () => written + running.output(),
    async dispose() {
      running.child.kill('SIGKILL');
      await running.ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface RunningProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly grpcAddress: string;
  readonly httpUrl: string;
  output(): string;
}

async function start(configFile: string, config: ConfigInput): Promise<RunningProcess> {
  await writeFile(configFile, JSON.stringify(config));
  // The database of the configuration, whatever the machine's environment says.
  const env = { ...process.env, DATABASE_URL: '' };
  const child = spawn(process.execPath, [mainFile, '--config', configFile], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const found = new Promise<{ grpcAddress: string; httpUrl: string }>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const grpc = /gRPC +(\S+)/.exec(text)?.[1];
      const http = /seats +(http:\S+?)\/\s/.exec(text)?.[1];
      if (grpc !== undefined && http !== undefined) resolve({ grpcAddress: grpc, httpUrl: http });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((code) => {
      reject(new Error(`the node ended with ${String(code)} before it was up:\n${text}`));
    });
  });
  return { child, ended, ...(await found), output: () => text };
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
