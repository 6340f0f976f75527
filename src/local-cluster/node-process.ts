import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processOptions } from '../process-options.js';

export interface NodeProcessOptions {
  readonly configFile: string;
  /** One of its cluster.nodes; default: what the file says. */
  readonly nodeId?: string;
  /**
   * Beside this process's environment, of which DATABASE_URL, REDIS_URL and NODE_ID
   * are left out: the file decides.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Path of what it runs instead of the program; takes the same arguments. For tests. */
  readonly program?: string;
  /** Told of every line it writes, to stdout or stderr. */
  readonly onLine?: (line: string) => void;
  /** Ends a start that is under way: a node may wait for a Redis that is not there. */
  readonly signal?: AbortSignal;
}

/** A node of the real program as a process, which may end and be started again. */
export interface NodeProcess {
  /** Where it listens, as it said when it was started last. */
  readonly grpcAddress: string;
  readonly httpUrl: string;
  /** Undefined when it does not run. */
  readonly pid: number | undefined;
  /** How many times it was started. */
  readonly starts: number;
  /**
   * Sends the signal. Resolves when the process has ended, with its exit code (null when
   * a signal ended it); with undefined at once when the signal ends nothing, or it does not run.
   */
  kill(signal: NodeJS.Signals): Promise<number | null | undefined>;
  /** In order, by SIGTERM, also when it is frozen; by SIGKILL when it takes longer than this. */
  stop(timeoutMs?: number): Promise<number | null | undefined>;
  /** Starts it again after it ended; the file and the options are read anew. @throws Error when it runs, or does not start */
  start(): Promise<void>;
  /** Calls `ended` at every end, with what it was: an exit code or a signal. */
  onEnd(ended: (how: number | NodeJS.Signals) => void): void;
}

const nodeProgram = fileURLToPath(new URL('../main.js', import.meta.url));
const STOP_TIMEOUT_MS = 60_000;
/** A daemon it leaves behind may hold its pipes open: the last lines are not waited for longer. */
const LAST_LINES_MS = 500;
/** Of what a node that does not start has written. */
const LINES_KEPT = 200;

/** Starts a node and waits until it serves. @throws Error with what it wrote, when it ends before that */
export async function openNodeProcess(options: NodeProcessOptions): Promise<NodeProcess> {
  const listeners: ((how: number | NodeJS.Signals) => void)[] = [];
  let starts = 0;
  const launch = (): Started => {
    starts += 1;
    const started = run(options);
    void started.ended.then(({ code, signal }) => {
      for (const ended of listeners) ended(signal ?? code ?? 0);
    });
    return started;
  };
  let running = launch();
  let addresses = await running.serving;
  const isRunning = (): boolean => running.child.exitCode === null && running.child.signalCode === null;
  const kill = async (signal: NodeJS.Signals): Promise<number | null | undefined> => {
    if (!isRunning()) return undefined;
    running.child.kill(signal);
    return signal === 'SIGSTOP' || signal === 'SIGCONT' ? undefined : (await running.ended).code;
  };
  return {
    get grpcAddress() {
      return addresses.grpcAddress;
    },
    get httpUrl() {
      return addresses.httpUrl;
    },
    get pid() {
      return isRunning() ? running.child.pid : undefined;
    },
    get starts() {
      return starts;
    },
    kill,
    async stop(timeoutMs = STOP_TIMEOUT_MS) {
      const stopped = kill('SIGTERM');
      void kill('SIGCONT'); // a frozen process keeps the signal for later
      const limit = setTimeout(() => void kill('SIGKILL'), timeoutMs);
      return stopped.finally(() => {
        clearTimeout(limit);
      });
    },
    async start() {
      if (isRunning()) throw new Error(`the node runs, as process ${String(running.child.pid)}`);
      running = launch();
      addresses = await running.serving;
    },
    onEnd(ended) {
      listeners.push(ended);
    },
  };
}

interface Addresses {
  readonly grpcAddress: string;
  readonly httpUrl: string;
}

interface Started {
  readonly child: ChildProcess;
  /** Resolves after its last line was read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly serving: Promise<Addresses>;
}

function run({ configFile, nodeId, env, program = nodeProgram, onLine, signal: giveUp }: NodeProcessOptions): Started {
  const args = ['--config', configFile, ...(nodeId === undefined ? [] : ['--node', nodeId])];
  const usual = processOptions();
  const child = spawn(process.execPath, [...usual.execArgv, program, ...args], {
    env: { ...usual.env, DATABASE_URL: '', REDIS_URL: '', NODE_ID: '', ...env },
    // Not in the terminal's group: a Ctrl-C is for whoever started it, and so is stopping it.
    detached: true,
    // By the channel the node hears when this process is gone, and stops.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  const ended = endOf(child);
  const serving = new Promise<Addresses>((resolve, reject) => {
    const end = (): void => {
      child.kill('SIGTERM');
    };
    if (giveUp?.aborted === true) end();
    giveUp?.addEventListener('abort', end);
    let grpcAddress: string | undefined;
    let httpUrl: string | undefined;
    const read = (line: string): void => {
      onLine?.(line);
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      grpcAddress ??= /^ {2}gRPC +(\S+)$/.exec(line)?.[1];
      httpUrl ??= /^ {2}seats +(http:\S+?)\/$/.exec(line)?.[1];
      if (grpcAddress === undefined || httpUrl === undefined) return;
      giveUp?.removeEventListener('abort', end);
      resolve({ grpcAddress, httpUrl });
    };
    for (const input of [child.stdout, child.stderr]) if (input !== null) createInterface({ input }).on('line', read);
    child.once('error', reject);
    void ended.then(({ code, signal }) => {
      const name = nodeId ?? 'the node';
      reject(new Error(`${name} ended with ${String(signal ?? code)} before it served:\n${lines.join('\n')}`));
    });
  });
  return { child, ended, serving };
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const closed = once(child, 'close');
  await once(child, 'exit');
  const limit = new AbortController();
  await Promise.race([closed, pause(LAST_LINES_MS, undefined, { signal: limit.signal })]).finally(() => limit.abort());
  return { code: child.exitCode, signal: child.signalCode };
}
