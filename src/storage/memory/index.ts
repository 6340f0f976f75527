import type { NodeIdentity, Storage } from '../storage.js';
import { memoryCatalogue } from './catalogue.js';
import { memoryHolders } from './holders.js';
import { memoryJournalReader, memoryJournalWriter } from './journal.js';
import { memoryOwnership } from './ownership.js';
import { memorySnapshots } from './snapshots.js';
import { memoryTables, type MemoryTables } from './tables.js';

export { memoryTables, type MemoryTables } from './tables.js';

export interface MemoryStorageOptions {
  /** Shared by the storages of several nodes; default: new and empty. */
  readonly tables?: MemoryTables;
  /** In whose name it claims; default: node `memory`, boot `memory`. */
  readonly node?: NodeIdentity;
  /** Default 2. */
  readonly lanes?: number;
}

/**
 * The same ports as Postgres' with the same guards, in the memory of this process:
 * for unit tests and simulation. Nothing survives the process. Every answer comes
 * in a later microtask, in the order of the calls.
 */
export function openMemoryStorage({
  tables = memoryTables(),
  node = { nodeId: 'memory', bootId: 'memory' },
  lanes = 2,
}: MemoryStorageOptions = {}): Storage {
  return {
    journalWriter: memoryJournalWriter(tables, lanes),
    lanes,
    journalReader: memoryJournalReader(tables),
    ownership: memoryOwnership(tables, node),
    holders: memoryHolders(tables),
    snapshots: memorySnapshots(tables),
    catalogue: memoryCatalogue(tables),
    check: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}
