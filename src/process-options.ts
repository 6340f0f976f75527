import { allocatorEnvironment } from './allocator.js';
import { HEAP_FLAGS } from './heap-flags.js';

/** How a process is started that serves as a node does: as by `npm start`, with heap, allocator and readable stacks. */
export function processOptions(): { readonly execArgv: string[]; readonly env: NodeJS.ProcessEnv } {
  return {
    execArgv: [...HEAP_FLAGS, '--enable-source-maps'],
    env: { ...process.env, ...allocatorEnvironment() },
  };
}
