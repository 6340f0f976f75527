// redis-server for tests and the local cluster. `node src/setup/redis.mjs` prints its path.
import { findOrInstall, printPathWhenRun } from './system-program.mjs';

/** Valkey is the same to us; some distributions have only that. */
const names = ['redis-server', 'valkey-server'];

/**
 * Installs it where that needs no question asked: as root on Debian or Ubuntu, whose package
 * may start a server of its own on port 6379. Ours run on other ports.
 * @returns the path of an executable.
 * @throws {Error} that says what to install.
 */
export function findOrInstallRedisServer() {
  return findOrInstall({
    names,
    debianPackage: 'redis-server',
    advice:
      `A cluster needs Redis: REDIS_URL is not set, and none of ${names.join(', ')} is on PATH. ` +
      'Either set REDIS_URL to a Redis that runs, such as redis://127.0.0.1:6379, or install one ' +
      '(Debian, Ubuntu: sudo apt-get install redis-server; Fedora: sudo dnf install valkey; ' +
      'macOS: brew install redis) and put it on PATH.',
  });
}

printPathWhenRun(import.meta.url, findOrInstallRedisServer);
