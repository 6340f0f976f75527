// Chromium for the browser tests. `node src/setup/chromium.mjs` prints its path.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Installs it where that needs no question asked: as root on Debian or Ubuntu.
 * @returns the path of an executable.
 * @throws {Error} that says what to install.
 */
export function findOrInstallChromium() {
  const found = findOnPath();
  if (found !== undefined) return found;
  if (!isRootOnDebian()) {
    throw new Error(
      `The browser tests need Chromium, and none of ${names.join(', ')} is on PATH. ` +
        'Install it (Debian, Ubuntu: sudo apt-get install chromium; Fedora: sudo dnf install chromium; ' +
        'macOS: brew install --cask google-chrome) and put it on PATH.',
    );
  }
  aptGet('update');
  aptGet('install', '-y', '--no-install-recommends', 'chromium');
  const installed = findOnPath();
  if (installed === undefined) throw new Error('apt-get installed chromium but no executable of it is on PATH.');
  return installed;
}

function findOnPath() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

const isRootOnDebian = () => process.getuid?.() === 0 && fs.existsSync('/etc/debian_version');

function aptGet(...args) {
  const { status, error, stderr } = spawnSync('apt-get', ['-q', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${error?.message ?? stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${findOrInstallChromium()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
