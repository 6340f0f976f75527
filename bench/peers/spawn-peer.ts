import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { processOptions } from '../../src/process-options.js';
import { closeIfInterrupted } from '../interruption.js';
import type { FromPeer, PeerOrder, ToPeer } from './messages.js';

/** A peer that serves HoldSeats, in a process of its own. */
export interface PeerProcess {
  readonly grpcAddress: string;
  /** CPU time of the process since it started. */
  cpuMicros(): Promise<number>;
  /** So that one phase does not pay for what the one before it left behind. */
  collectGarbage(): Promise<void>;
  /** Stops it in order, or by force when it does not end. Idempotent. */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./server.js', import.meta.url));
const STOP_LIMIT_MS = 5_000;

/** Rejects when it cannot start; it has written why to standard error. */
export async function spawnPeer(order: PeerOrder): Promise<PeerProcess> {
  const child = fork(program, [JSON.stringify(order)], {
    ...processOptions(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  // A message to one that is gone: whoever waits for its answer hears that it ended.
  child.on('error', () => undefined);
  const next = async (): Promise<FromPeer> => {
    const gone = ended.then(() => {
      throw new Error(`the peer ${order.peer} ended by itself`);
    });
    const message = new Promise<FromPeer>((resolve) => child.once('message', resolve));
    return Promise.race([message, gone]);
  };
  const tell = (message: ToPeer): void => {
    child.send(message);
  };
  // What it keeps is in stores that are thrown away: when the benchmark is interrupted there is no order to keep.
  const stopped = closeIfInterrupted(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  void ended.then(stopped);
  const started = await next();
  if (started.kind !== 'started') throw new Error(`the peer ${order.peer} did not say where it is`);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    tell({ kind: 'stop' });
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  };
  return {
    grpcAddress: `127.0.0.1:${String(started.grpcPort)}`,
    async cpuMicros() {
      const answered = next();
      tell({ kind: 'usage' });
      const usage = await answered;
      return usage.kind === 'usage' ? usage.cpuMicros : 0;
    },
    async collectGarbage() {
      const answered = next();
      tell({ kind: 'collect-garbage' });
      await answered;
    },
    stop: () => (stopping ??= stop()),
  };
}
