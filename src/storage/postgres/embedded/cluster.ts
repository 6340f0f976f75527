import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import type { PostgresUser } from './run-as.js';

/** Superuser of the cluster, and the only one. */
export const CLUSTER_USER = 'cinema';

const PASSWORD_FILE = 'cinema.password';

/** The password that `createCluster` gave the cluster. */
export async function readPassword(clusterDir: string): Promise<string> {
  return (await readFile(path.join(clusterDir, PASSWORD_FILE), 'utf8')).trim();
}

/** Makes the cluster beside its place and moves it there whole: a half-made one is never used. */
export async function createCluster(
  dataDir: string,
  clusterDir: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<void> {
  const isThere = (): Promise<boolean> =>
    stat(path.join(clusterDir, 'PG_VERSION')).then(
      () => true,
      () => false,
    );
  if (await isThere()) return;
  const draft = path.join(dataDir, `cluster.new.${String(process.pid)}.${randomBytes(4).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  try {
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    await user.own(passwordFile);
    const { code, output } = await user.run(binaries.initdb, [
      ...['--pgdata', draft, '--username', CLUSTER_USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-instructions'],
    ]);
    if (code !== 0) throw new Error(`initdb failed in ${dataDir}: ${output.trim()}`);
    await rename(passwordFile, path.join(draft, PASSWORD_FILE));
    await rename(draft, clusterDir);
  } catch (error) {
    if (!(await isThere())) throw error; // else another node was faster
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

const ABANDONED_AFTER_MS = 600_000;

/** Removes what a start that was killed left half made, unless it may be another node's at work. */
export async function removeAbandonedDrafts(dataDir: string): Promise<void> {
  const abandonedMs = Date.now() - ABANDONED_AFTER_MS;
  for (const name of await readdir(dataDir)) {
    const draft = path.join(dataDir, name);
    if (!name.startsWith('cluster.new.')) continue;
    const { mtimeMs } = await stat(draft).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < abandonedMs) await rm(draft, { recursive: true, force: true });
  }
}
