import type { Profiler } from 'node:inspector';
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConfigInput } from '../../src/config/index.js';
import { processOptions } from '../../src/process-options.js';
import { closeIfInterrupted } from '../interruption.js';
import type { FromNode, ToNode } from './messages.js';

/** A node under load. */
export interface BenchNode {
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
  /** Stops it in order. Idempotent. */
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
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const started = await answer(child, 'started');
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    if (stopping === undefined) {
      tell(child, { kind: 'stop' });
      stopping = ended;
      void ended.then(stopped);
    }
    return stopping;
  };
  const stopped = closeIfInterrupted(stop);
  const memoryBytes = async (): Promise<number> => {
    const told = answer(child, 'memory');
    tell(child, { kind: 'memory' });
    return (await told).memoryBytes;
  };
  return {
    grpcAddress: `127.0.0.1:${String(started.grpcPort)}`,
    httpUrl: `http://127.0.0.1:${String(started.httpPort)}`,
    postgresUrl: started.postgresUrl,
    async cpuMicros() {
      const told = answer(child, 'cpu');
      tell(child, { kind: 'cpu' });
      return (await told).cpuMicros;
    },
    memoryBytes,
    async collectGarbage() {
      await memoryBytes();
    },
    async profile() {
      const profiling = answer(child, 'profile-started');
      tell(child, { kind: 'start-profile' });
      await profiling;
      return async () => {
        const taken = answer(child, 'profile');
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

function answer<Kind extends FromNode['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<FromNode, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: FromNode): void => {
      if (!isKind(message, kind)) return;
      child.off('exit', onExit);
      child.off('message', onMessage);
      resolve(message);
    };
    const onExit = (code: number | null): void => {
      reject(new Error(`the node under load ended with ${String(code)}`));
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}

function isKind<Kind extends FromNode['kind']>(
  message: FromNode,
  kind: Kind,
): message is Extract<FromNode, { kind: Kind }> {
  return message.kind === kind;
}
