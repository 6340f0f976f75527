import type { Profiler } from 'node:inspector';
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigInput } from '../../src/config/index.js';
import { processOptions } from '../../src/process-options.js';
import { openEmbeddedPostgres } from '../../src/storage/postgres/index.js';
import { closeIfInterrupted } from '../interruption.js';
import type { FromNode, ToNode } from './messages.js';

/** A node under load. */
export interface BenchNode {
  readonly pid: number | undefined;
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly postgresUrl: string;
  /** CPU time of the process since it started. */
  cpuMicros(): Promise<number>;
  /** Live memory. Collects garbage first, which throws compiled code away, too: not beside a measurement of speed. */
  memoryBytes(): Promise<number>;
  /**
   * So that one run does not pay for what the one before it left behind. Before a warm-up:
   * code has to be compiled anew.
   */
  collectGarbage(): Promise<void>;
  /** Samples the node's main thread until the answer is called, which gives the profile. */
  profile(): Promise<() => Promise<Profiler.Profile>>;
  /** Stops it in order, or what a node that ended by itself has left. Idempotent. */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./bench-node.js', import.meta.url));

/**
 * Starts a node with embedded Postgres in `dataDir`, on free ports; all else is as by default but what `runtime` says.
 * Rejects with what it wrote when it cannot start. */
export async function spawnBenchNode(dataDir: string, runtime: ConfigInput['runtime'] = {}): Promise<BenchNode> {
  const config: ConfigInput = {
    node: { id: 'bench', grpcPort: 0, httpPort: 0, logLevel: 'error' },
    postgres: { dataDir },
    runtime,
  };
  const child = fork(program, [JSON.stringify(config)], {
    ...processOptions(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // A message to one that is gone: whoever waits for its answer hears that it ended.
  child.on('error', () => undefined);
  const ended = endOf(child);
  const end = async (): Promise<void> => {
    if (child.connected) tell(child, { kind: 'stop' });
    await ended;
    await stopPostgresOf(dataDir);
    stopped();
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= end());
  const stopped = closeIfInterrupted(stop);
  const started = await answer(child, ended, 'started').catch(async (error: unknown) => {
    await stop().catch(() => undefined); // why the node did not start is to be told
    throw error;
  });
  const memoryBytes = async (): Promise<number> => {
    const told = answer(child, ended, 'memory');
    tell(child, { kind: 'memory' });
    return (await told).memoryBytes;
  };
  return {
    pid: child.pid,
    grpcAddress: `127.0.0.1:${String(started.grpcPort)}`,
    httpUrl: `http://127.0.0.1:${String(started.httpPort)}`,
    postgresUrl: started.postgresUrl,
    async cpuMicros() {
      const told = answer(child, ended, 'cpu');
      tell(child, { kind: 'cpu' });
      return (await told).cpuMicros;
    },
    memoryBytes,
    async collectGarbage() {
      await memoryBytes();
    },
    async profile() {
      const profiling = answer(child, ended, 'profile-started');
      tell(child, { kind: 'start-profile' });
      await profiling;
      return async () => {
        const taken = answer(child, ended, 'profile');
        tell(child, { kind: 'stop-profile' });
        return (await taken).profile;
      };
    },
    stop,
  };
}

function tell(child: ChildProcess, message: ToNode): void {
  child.send(message);
}

/** Resolves, whenever it ended, with its exit code or the signal. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(String(signal ?? code));
    });
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(error.message); // it never ran
    });
  });
}

/** The next message of the kind. Rejects when the node ends before, or has ended. */
function answer<Kind extends FromNode['kind']>(
  child: ChildProcess,
  ended: Promise<string>,
  kind: Kind,
): Promise<Extract<FromNode, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: FromNode): void => {
      if (!isKind(message, kind)) return;
      child.off('message', onMessage);
      resolve(message);
    };
    child.on('message', onMessage);
    void ended.then((how) => {
      child.off('message', onMessage);
      reject(new Error(`the node under load ended by itself: ${how}`));
    });
  });
}

/** Of a node that did not end in order: its Postgres goes on without it. */
async function stopPostgresOf(dataDir: string): Promise<void> {
  if (!existsSync(path.join(dataDir, 'owner.pid'))) return;
  const postgres = await openEmbeddedPostgres({ dataDir, port: 0 });
  await postgres.close();
}

function isKind<Kind extends FromNode['kind']>(
  message: FromNode,
  kind: Kind,
): message is Extract<FromNode, { kind: Kind }> {
  return message.kind === kind;
}
