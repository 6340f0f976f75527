import { collectGarbage } from '../collect-garbage.js';

/** What this process keeps in memory, in bytes, without garbage: V8's heap, and what its objects have outside. */
export function liveMemoryBytes(): number {
  collectGarbage();
  // Buffers are in `external`, too.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
