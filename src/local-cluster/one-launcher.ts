import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Keeps a second cluster from being started on the same folder, whose nodes would share
 * the database but not the Redis of the first. Gives the folder up when this process exits.
 * @throws Error that says who has it
 */
export function claimFolder(folder: string): void {
  const file = path.join(folder, 'launcher.pid');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = Number.parseInt(readOr(file, ''), 10);
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new Error(
      `a local cluster runs already, as process ${String(holder)}; if that is something else, remove ${file}`,
    );
  writeFileSync(file, `${String(process.pid)}\n`);
  process.once('exit', () => {
    rmSync(file, { force: true });
  });
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
