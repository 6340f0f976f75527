import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Finds a program that npm cannot bring, or installs it where that needs no question asked:
 * as root on Debian or Ubuntu.
 * @param {object} wanted
 * @param {string[]} wanted.names of its executable, the preferred first.
 * @param {string} wanted.debianPackage which has one of them.
 * @param {string} wanted.advice what to install where we may not.
 * @returns {string} the path of an executable.
 * @throws {Error} that says what to install.
 */
export function findOrInstall({ names, debianPackage, advice }) {
  const found = findOnPath(names);
  if (found !== undefined) return found;
  if (!installDebianPackage(debianPackage)) throw new Error(advice);
  const installed = findOnPath(names);
  if (installed === undefined) {
    throw new Error(`apt-get installed ${debianPackage} but no executable of it is on PATH.`);
  }
  return installed;
}

/**
 * Installs a package where that needs no question asked: as root on Debian or Ubuntu.
 * @returns {boolean} false where it is not.
 * @throws {Error} with what apt-get wrote.
 */
export function installDebianPackage(debianPackage) {
  if (!isRootOnDebian()) return false;
  aptGet('update');
  aptGet('install', '-y', '--no-install-recommends', debianPackage);
  return true;
}

/** Makes a module that finds a program print its path, or what to install, when it is run itself. */
export function printPathWhenRun(moduleUrl, find) {
  if (process.argv[1] !== fileURLToPath(moduleUrl)) return;
  try {
    process.stdout.write(`${find()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
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
