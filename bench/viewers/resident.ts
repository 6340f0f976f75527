import { existsSync, readFileSync, rmSync } from 'node:fs';
import { eventually } from '../failover/eventually.js';
import { COLLECT_SIGNAL, freeHeapFile } from './collect-on-signal.js';

const COLLECTS_WITHIN_MS = 10_000;
/** Of the kernel's clock in /proc, on every Linux of today. */
const TICKS_PER_SECOND = 100;

/** Resident memory that the processes use, together, in bytes: without garbage and free heap. Linux only. */
export async function residentBytes(pids: readonly number[]): Promise<number> {
  for (const pid of pids) process.kill(pid, COLLECT_SIGNAL);
  const files = pids.map(freeHeapFile);
  await eventually(
    'the servers to collect their garbage',
    () => files.every((file) => existsSync(file)),
    COLLECTS_WITHIN_MS,
  );
  return sumOver(pids, (pid) => {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const freeBytes = Number(readFileSync(freeHeapFile(pid), 'utf8'));
    rmSync(freeHeapFile(pid));
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024 - freeBytes;
  });
}

/** CPU time of the processes together since they started, user and system. */
export function cpuMicros(pids: readonly number[]): number {
  return sumOver(pids, (pid) => {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
  });
}

const sumOver = (pids: readonly number[], value: (pid: number) => number): number =>
  pids.reduce((sum, pid) => sum + value(pid), 0);
