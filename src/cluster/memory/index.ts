/** The ports of a cluster in the memory of one process, for tests and simulation: the only door of this folder. */
export { memoryBus } from './bus.js';
export { memoryLeases } from './leases.js';
export { memoryReadCache } from './read-cache.js';
export { MemoryStore } from './store.js';
