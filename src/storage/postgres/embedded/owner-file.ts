import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hasCode } from '../errors.js';

/**
 * Says which process stops a shared server: the one whose id is in the file.
 * Advisory and best effort. Were two processes to believe they own it, one would
 * stop the server under the other, which restarts it (`ensureRunning`).
 */
export interface OwnerFile {
  /** True when this process owns it now: it did already, nobody did, or the owner is dead. */
  claim(): Promise<boolean>;
  /** Gives it up; a no-op when not owned. */
  release(): Promise<void>;
}

/** Ours, to tell "this process" from a dead one which had our process id. */
const ownedHere = new Set<string>();

export function ownerFile(file: string): OwnerFile {
  let owned = false;
  return {
    async claim() {
      if (owned) return true;
      const identity = `${String(process.pid)} ${(await startTime(process.pid)) ?? ''}\n`;
      const draft = `${file}.${String(process.pid)}.${String(ownedHere.size)}`;
      await writeFile(draft, identity, { mode: 0o600 });
      try {
        if (await ownerIsAlive(file)) return false;
        // Moved aside rather than removed: of several who found it stale one moves it.
        await rename(file, `${draft}.stale`).catch(() => undefined);
        await link(draft, file); // fails when another was faster
        owned = true;
        ownedHere.add(file);
        return true;
      } catch (error) {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      } finally {
        await rm(draft, { force: true });
        await rm(`${draft}.stale`, { force: true });
      }
    },
    async release() {
      if (!owned) return;
      owned = false;
      ownedHere.delete(file);
      await rm(file, { force: true });
    },
  };
}

async function ownerIsAlive(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const [pidText = '', started = ''] = text.trim().split(' ');
  const pid = Number.parseInt(pidText, 10);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return ownedHere.has(file);
  if (!processExists(pid)) return false;
  const startedNow = await startTime(pid);
  // Another start time: the id was given to another process since.
  return startedNow === undefined || started === '' || startedNow === started;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Start time of a process in clock ticks since boot; undefined where /proc does not tell. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  // The second field, the name in brackets, may hold spaces: count from its end.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
