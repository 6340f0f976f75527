import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** Where npm keeps what it installed, in the form of package-lock.json. It writes it last: half an install has none. */
export const installedFile = 'node_modules/.package-lock.json';

/** Whether everything that package-lock.json asks for here is there, whoever has installed it. */
export function isInstalled() {
  const installed = packagesIn(installedFile);
  return Object.entries(packagesIn('package-lock.json')).every(
    ([folder, wanted]) => !isWantedHere(folder, wanted) || isThere(folder, wanted, installed[folder]),
  );
}

/**
 * Of the optional ones npm leaves out what only other platforms need. One that names this platform is needed here;
 * that shows also where all were left out. A Linux has one of those that name a C library: these are not asked for.
 */
function isWantedHere(folder, { optional, os, cpu, libc }) {
  if (folder === '') return false; // the project itself
  if (!optional) return true;
  return Boolean(os?.includes(process.platform) && cpu?.includes(process.arch) && libc === undefined);
}

/** Some versions of npm list also the optional packages that they left out: the folder tells. */
function isThere(folder, wanted, installed) {
  return (
    installed?.version === wanted.version &&
    installed.integrity === wanted.integrity &&
    fs.existsSync(path.join(root, folder, 'package.json'))
  );
}

function packagesIn(file) {
  const full = path.join(root, file);
  return fs.existsSync(full) ? JSON.parse(fs.readFileSync(full, 'utf8')).packages : {};
}
