import { spawn } from 'node:child_process';
import path from 'node:path';

/** A program and the arguments that come before the caller's own. */
export interface Runner {
  /** Runs a program to its end as the user that Postgres runs as. */
  run(command: string, args: readonly string[]): Promise<Finished>;
}

export interface Finished {
  /** Null when a signal or the time limit ended it. */
  readonly code: number | null;
  /** What it wrote to stdout and stderr; the last 16 kB at most. */
  readonly output: string;
}

export interface RunOptions {
  readonly timeLimitMs: number;
  readonly uid?: number;
  readonly gid?: number;
}

const OUTPUT_KEPT = 16_384;
const PIPE_GRACE_MS = 500;

/**
 * Runs a program to its end. It gets a session of its own, so a Ctrl-C meant for
 * this process does not reach it, and no PG* variables, which would override
 * what its arguments say.
 * @throws Error when it cannot be started.
 */
export function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { timeLimitMs, ...identity } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...identity,
      cwd: path.parse(process.cwd()).root,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(),
    });
    let output = '';
    const keep = (chunk: string): void => {
      output = (output + chunk).slice(-OUTPUT_KEPT);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const limit = setTimeout(() => child.kill('SIGKILL'), timeLimitMs);
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once('exit', (code) => {
      clearTimeout(limit);
      // A daemon it leaves behind may hold the pipes open: do not wait for their end for ever.
      const grace = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, PIPE_GRACE_MS);
      child.once('close', () => {
        clearTimeout(grace);
        resolve({ code, output });
      });
    });
  });
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
