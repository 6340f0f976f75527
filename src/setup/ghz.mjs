// ghz for the benchmarks. `node src/setup/ghz.mjs` prints its path.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { printPathWhenRun } from './system-program.mjs';

/** Pinned: figures of different versions do not compare. */
const VERSION = 'v0.121.0';
const COMMAND = 'github.com/bojand/ghz/cmd/ghz';

/** Also when this runs from dist/, which is emptied of everything that is not compiled. */
const checkout = fs.existsSync(path.join(root, 'package.json')) ? root : path.join(root, '..');

/**
 * Installs it into .tools/ where there is Go; there is no package of it for npm or Debian.
 * @returns the path of an executable.
 * @throws {Error} that says what to install.
 */
export function findOrInstallGhz() {
  const folder = path.join(checkout, '.tools', `ghz-${VERSION}`);
  const program = path.join(folder, process.platform === 'win32' ? 'ghz.exe' : 'ghz');
  if (fs.existsSync(program)) return program;
  const { status, error, stderr } = spawnSync('go', ['install', `${COMMAND}@${VERSION}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, GOBIN: folder },
  });
  if (error?.code === 'ENOENT') {
    throw new Error(
      `These figures are taken by ghz ${VERSION}, which is built with Go, and there is no go on PATH. ` +
        'Install Go (https://go.dev/dl; Debian, Ubuntu: sudo apt-get install golang-go; macOS: brew install go), ' +
        `or put ghz ${VERSION} at ${program}.`,
    );
  }
  if (status !== 0) throw new Error(`go install ${COMMAND}@${VERSION} failed:\n${error?.message ?? stderr}`);
  return program;
}

printPathWhenRun(import.meta.url, findOrInstallGhz);
