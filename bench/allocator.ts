import { findJemalloc } from '../src/allocator.js';
import { tryToInstallJemalloc } from '../src/setup/jemalloc.mjs';

/** Nodes and peers are measured as docs/OPERATIONS.md has them run, where that can be had. Reports say what it was. */
export function prepareAllocator(): void {
  if (findJemalloc() === undefined) tryToInstallJemalloc();
}
