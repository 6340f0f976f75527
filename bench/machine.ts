import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { allocatorOfNodes } from '../src/allocator.js';
import { isInterrupted } from './interruption.js';

/** Where figures come from. Two that differ in any of these do not compare. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  /** Of the nodes' and peers' memory: jemalloc, or the system's. */
  readonly allocator: 'jemalloc' | 'system';
  /** Most files a process may open; null where the system does not say. */
  readonly openFilesMax: number | null;
  /** What one core does, in MB of SHA-256 per second: the best of a few short tries. */
  readonly speed: number;
}

/** A machine that cannot carry what is to be measured, or did not stay the same. No figure of it is worth writing. */
export class MachineUnfit extends Error {
  override readonly name = 'MachineUnfit';
}

/** What was measured, or why it cannot be here, for whoever goes on without it. Anything else still throws. */
export async function resultOrUnfit<Result>(measured: Promise<Result>): Promise<Result | MachineUnfit> {
  try {
    return await measured;
  } catch (error) {
    // Of one that is interrupted nothing goes on.
    if (error instanceof MachineUnfit && !isInterrupted()) return error;
    throw error;
  }
}

/** By how much the speed of a core may differ before and after a scenario. Shared machines vary by a tenth by themselves. */
const SPEED_DRIFT_MAX = 0.3;
/** Share of the time that other guests of the host may take from this machine during a scenario. */
const STEAL_MAX = 0.1;

export function lookAtMachine(): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    allocator: allocatorOfNodes(),
    openFilesMax: openFilesMax(),
    speed: speedOfCore(),
  };
}

/** Compares the machine before and after. Call it, run, and call what it answered. @throws MachineUnfit */
export function watchMachine(): () => void {
  const before = lookAtMachine();
  const beforeStolen = stolenShare();
  return () => {
    const after = lookAtMachine();
    for (const key of ['cpu', 'cores', 'memoryGib', 'system'] as const) {
      if (before[key] !== after[key])
        throw new MachineUnfit(`the machine changed: ${key} was ${String(before[key])}, is ${String(after[key])}`);
    }
    const drift = Math.abs(after.speed / before.speed - 1);
    if (drift > SPEED_DRIFT_MAX) {
      throw new MachineUnfit(
        `the machine changed: a core did ${String(before.speed)} MB/s of SHA-256 before and ${String(after.speed)} after`,
      );
    }
    const steal = shareBetween(beforeStolen, stolenShare());
    if (steal > STEAL_MAX)
      throw new MachineUnfit(`other guests took ${(steal * 100).toFixed(0)} % of the machine's time`);
  };
}

/** @throws MachineUnfit when a process may not open this many files */
export function requireOpenFiles(files: number): void {
  const most = openFilesMax();
  if (most !== null && most < files)
    throw new MachineUnfit(
      `${String(files)} open files per process are needed, ${String(most)} are allowed (ulimit -n)`,
    );
}

/** @throws MachineUnfit where the system does not tell the memory and the CPU time of other processes */
export function requireProc(folder = '/proc'): void {
  if (!existsSync(`${folder}/self/stat`))
    throw new MachineUnfit(`memory and CPU time of processes are read from ${folder}, which is not there`);
}

function openFilesMax(): number | null {
  if (!existsSync('/proc/self/limits')) return null;
  const line = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  const most = Number(line?.[1]);
  return Number.isFinite(most) ? most : null;
}

const TRIES = 8;
const TRY_BYTES = 8 * 2 ** 20;

function speedOfCore(): number {
  const data = Buffer.alloc(TRY_BYTES, 'seat');
  let bestMs = Infinity;
  for (let each = 0; each < TRIES; each += 1) {
    const startedMs = performance.now();
    createHash('sha256').update(data).digest();
    bestMs = Math.min(bestMs, performance.now() - startedMs);
  }
  return Math.round(TRY_BYTES / 1e6 / (bestMs / 1_000));
}

interface Ticks {
  readonly all: number;
  readonly stolen: number;
}

/** From /proc/stat; nothing elsewhere. */
function stolenShare(): Ticks {
  if (!existsSync('/proc/stat')) return { all: 0, stolen: 0 };
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
}

function shareBetween(before: Ticks, after: Ticks): number {
  const all = after.all - before.all;
  return all <= 0 ? 0 : (after.stolen - before.stolen) / all;
}
