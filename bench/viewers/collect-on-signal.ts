import { renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { collectGarbage } from '../collect-garbage.js';

/** What makes a process collect its garbage, and write how much of its heap is free. */
export const COLLECT_SIGNAL = 'SIGUSR2';

/** Where it writes that, in bytes; whoever reads it removes it. */
export const freeHeapFile = (pid: number): string => path.join(os.tmpdir(), `cinema-bench-free-heap-${String(pid)}`);

/** Makes this process do so. The heap keeps room for what it may need again: that is no cost of a viewer. */
export function collectOnSignal(): void {
  process.on(COLLECT_SIGNAL, () => {
    // Once for what is dead, once for what that kept alive.
    for (let each = 0; each < 2; each += 1) collectGarbage();
    const { heapTotal, heapUsed } = process.memoryUsage();
    const file = freeHeapFile(process.pid);
    writeFileSync(`${file}.new`, String(heapTotal - heapUsed));
    renameSync(`${file}.new`, file);
  });
}
