import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { closeIfInterrupted } from '../interruption.js';

/** A process of this folder, which ends when it hears that this one is gone. */
export interface Forked<To extends { readonly kind: string }, From extends { readonly kind: string }> {
  readonly pid: number;
  send(message: To): void;
  /** Calls `heard` with every message from now on. */
  onMessage(heard: (message: From) => void): void;
  /** The next message of the kind. Rejects when the process ends before. */
  next<Kind extends From['kind']>(kind: Kind): Promise<Extract<From, { kind: Kind }>>;
  /** Resolves when it has ended. Idempotent. */
  close(): Promise<void>;
}

const CLOSE_LIMIT_MS = 10_000;

/** @param program file name in this folder */
export function forkProgram<To extends { readonly kind: string }, From extends { readonly kind: string }>(
  program: string,
  args: readonly string[],
  options: Pick<ForkOptions, 'execArgv' | 'env'> = {},
): Forked<To, From> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [...args], {
    ...options,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // A message to one that is gone: whoever waits for its answer hears that it ended.
  child.on('error', () => undefined);
  // The messages of all who wait, and of all children that are about to end.
  child.setMaxListeners(0);
  // Also while it starts; and before the Redis that it is connected to.
  const killed = closeIfInterrupted(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  void ended.then(killed);
  return {
    pid: child.pid ?? 0,
    send: (message) => void child.send(message),
    onMessage: (heard) => void child.on('message', heard),
    next: (kind) => nextOf<From, typeof kind>(child, kind, program),
    async close() {
      if (child.connected) child.disconnect();
      const limit = setTimeout(() => void child.kill('SIGKILL'), CLOSE_LIMIT_MS);
      await ended.finally(() => clearTimeout(limit));
    },
  };
}

function nextOf<From extends { readonly kind: string }, Kind extends From['kind']>(
  child: ChildProcess,
  kind: Kind,
  program: string,
): Promise<Extract<From, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const isIt = (message: From): message is Extract<From, { kind: Kind }> => message.kind === kind;
    const heard = (message: From): void => {
      if (!isIt(message)) return;
      child.off('message', heard);
      child.off('exit', ended);
      resolve(message);
    };
    const ended = (): void => reject(new Error(`${program} ended before it told ${kind}`));
    child.on('message', heard);
    child.once('exit', ended);
  });
}
