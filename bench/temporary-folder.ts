import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { closeIfInterrupted } from './interruption.js';

export interface TemporaryFolder {
  readonly path: string;
  /** Removes it with all that is in it. */
  close(): Promise<void>;
}

/** What a program that was killed has left may still be writing there. */
const TRIES = 5;

/** A folder for the data of a benchmark; also removed when that is interrupted. */
export function openTemporaryFolder(name: string): TemporaryFolder {
  const folder = mkdtempSync(path.join(os.tmpdir(), `cinema-${name}-`));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: TRIES });
  const removed = closeIfInterrupted(remove);
  return {
    path: folder,
    async close() {
      await remove();
      removed();
    },
  };
}
