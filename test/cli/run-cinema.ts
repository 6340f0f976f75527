import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestNode } from '../support/node.js';

const program = fileURLToPath(new URL('../../src/cli/cinema.js', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `cinema ...` to its end, as a process of its own. */
export async function runCinema(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** Runs `cinema ...` against a node. */
export function cinemaAt(node: TestNode): (...args: string[]) => Promise<Run> {
  return (...args) => runCinema([...args, '--address', node.grpcAddress]);
}

/** The answer of a run with --json. @throws with what it said on stderr */
export function answerOf({ code, stdout, stderr }: Run): Record<string, unknown> {
  if (code !== 0) throw new Error(`cinema ended with ${String(code)}: ${stderr}`);
  const answer: unknown = JSON.parse(stdout);
  if (typeof answer !== 'object' || answer === null) throw new Error(`no object: ${stdout}`);
  return { ...answer };
}

/** A `cinema ...` that goes on, with what it wrote so far. */
export interface RunningCinema {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout(): string;
  stderr(): string;
}

export function startCinema(args: readonly string[]): RunningCinema {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}
