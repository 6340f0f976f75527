import { allocatorEnvironment, findJemalloc } from '../src/allocator.js';
import { tryToInstallJemalloc } from '../src/setup/jemalloc.mjs';

/** Nodes and peers are measured as docs/OPERATIONS.md has them run, where that can be had. Reports say what it was. */
export function prepareAllocator(): void {
  if (findJemalloc() === undefined) tryToInstallJemalloc();
}

/** What nodes and peers that are started from here allocate with, whoever chose it. */
export function allocatorOfNodes(environment = process.env): 'jemalloc' | 'system' {
  const { LD_PRELOAD } = { ...environment, ...allocatorEnvironment(environment) };
  return LD_PRELOAD?.includes('jemalloc') === true ? 'jemalloc' : 'system';
}
