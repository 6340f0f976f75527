import { readFileSync } from 'node:fs';

/** Resident memory of the processes together, in bytes; Linux only. @throws Error when one of them is gone */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return sum + Number(kilobytes) * 1_024;
  }, 0);
}
