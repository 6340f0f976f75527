// npm run start:dev: rebuilds and restarts the node when a source changes.
import './require-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesBelow, writeTimeFingerprint } from './fingerprint.mjs';
import { root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { exitWithError, SetupError } from './setup-error.mjs';

/** Looking at a few hundred write times costs milliseconds; file watchers differ by platform and miss renames. */
const POLL_MS = 500;

const args = process.argv.slice(2);
let node;
let stopping = false;

function startNode() {
  node = spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist/src/main.js'), ...args], {
    stdio: 'inherit',
  });
  node.once('exit', (code, signal) => {
    node = undefined;
    if (!stopping) say(`the node ended (${signal ?? `exit code ${code}`}); waiting for a change`);
  });
}

/** Returns its exit code once it has stopped in its own time. */
async function stopNode() {
  if (node === undefined) return 0;
  stopping = true;
  const exited = once(node, 'exit');
  node.kill('SIGTERM');
  const [code] = await exited;
  stopping = false;
  return code ?? 1;
}

async function rebuildAndRestart() {
  try {
    await prepare();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // The running node stays: a half-typed line is not worth its state.
    say(error.message);
    return;
  }
  await stopNode();
  startNode();
}

const fingerprint = () =>
  writeTimeFingerprint([
    ...['src', 'actors'].flatMap((folder) => filesBelow(folder)),
    ...filesBelow('proto').filter((file) => file.endsWith('.proto')),
    ...['tsconfig.json', 'package-lock.json', 'cluster.config.json'],
  ]);

async function watch() {
  let seen = fingerprint();
  await rebuildAndRestart();
  for (;;) {
    await sleep(POLL_MS);
    const now = fingerprint();
    if (now === seen) continue;
    seen = now;
    await rebuildAndRestart();
  }
}

const say = (text) => process.stderr.write(`${text}\n`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => void stopNode().then((code) => process.exit(code)));
}
await watch().catch(exitWithError);
