import { existsSync } from 'node:fs';
import os from 'node:os';

/**
 * jemalloc in place of glibc's malloc, for a node and no process that it starts.
 *
 * HTTP/2 asks for some forty small pieces of memory a call and gives them back in another order, and a full
 * collection frees a few hundred thousand at once. glibc then merges them one by one: it took
 * a seventh of a node's CPU time, and two thirds of the 0.3 to 0.5 s that a full collection stopped a node under
 * full load. With jemalloc that is below 0.1 s.
 *
 * It is used where it is installed (libjemalloc2 in Debian and Ubuntu, jemalloc elsewhere).
 */

/** Where Linux distributions put it. `jemalloc.sh` looks at the same places; a test holds them together. */
const PLACES = [
  `/usr/lib/${os.machine()}-linux-gnu/libjemalloc.so.2`,
  '/usr/lib64/libjemalloc.so.2',
  '/usr/lib/libjemalloc.so.2',
  '/usr/local/lib/libjemalloc.so.2',
];

/** Path of the library; undefined when there is none, or this is not Linux. */
export function findJemalloc(): string | undefined {
  return os.platform() === 'linux' ? PLACES.find((place) => existsSync(place)) : undefined;
}

/** What to put into the environment of a node that is started. Whoever sets LD_PRELOAD, be it to nothing, has decided. */
export function allocatorEnvironment(environment = process.env): { readonly LD_PRELOAD?: string } {
  const jemalloc = findJemalloc();
  return environment['LD_PRELOAD'] === undefined && jemalloc !== undefined ? { LD_PRELOAD: jemalloc } : {};
}

/** What nodes that are started from here allocate with, whoever chose it. */
export function allocatorOfNodes(environment = process.env): 'jemalloc' | 'system' {
  const { LD_PRELOAD } = { ...environment, ...allocatorEnvironment(environment) };
  return LD_PRELOAD?.includes('jemalloc') === true ? 'jemalloc' : 'system';
}

/** PostgreSQL and whatever else this process starts keep the allocator they were made with. */
export function keepAllocatorFromChildren(environment = process.env): void {
  if (environment['LD_PRELOAD'] === findJemalloc()) delete environment['LD_PRELOAD'];
}
