import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.mjs';

// Git-ignored, and unlike node_modules and dist no step of the preparation deletes it.
const lockFile = path.join(root, '.tools', 'prepare.lock');
const HEARTBEAT_MS = 1_000;
/** A holder that has not been heard of for this long is gone (another container, a reused pid). */
const ABANDONED_MS = 30_000;
const POLL_MS = 100;

/** Runs `work` while no other process of this checkout does. */
export async function withBuildLock(work) {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true });
  while (!tryAcquire()) {
    breakIfAbandoned();
    await sleep(POLL_MS);
  }
  const release = () => fs.rmSync(lockFile, { force: true });
  const heartbeat = setInterval(() => fs.utimesSync(lockFile, new Date(), new Date()), HEARTBEAT_MS).unref();
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

function tryAcquire() {
  try {
    fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function breakIfAbandoned() {
  const found = readLock();
  if (found === undefined) return;
  // An empty file is a lock between its creation and its content.
  const holderGone = found.pid !== '' && (Number(found.pid) === process.pid || !isAlive(Number(found.pid)));
  if (!holderGone && Date.now() - found.mtimeMs < ABANDONED_MS) return;
  // Another waiter may have broken it and taken the lock in the meantime.
  if (readLock()?.mtimeMs === found.mtimeMs) fs.rmSync(lockFile, { force: true });
}

function readLock() {
  try {
    return { mtimeMs: fs.statSync(lockFile).mtimeMs, pid: fs.readFileSync(lockFile, 'utf8') };
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
