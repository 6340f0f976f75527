// Chromium for the browser tests. `node src/setup/chromium.mjs` prints its path.
import { findOrInstall, printPathWhenRun } from './system-program.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Installs it where that needs no question asked: as root on Debian or Ubuntu.
 * @returns the path of an executable.
 * @throws {Error} that says what to install.
 */
export function findOrInstallChromium() {
  return findOrInstall({
    names,
    debianPackage: 'chromium',
    advice:
      `The browser tests need Chromium, and none of ${names.join(', ')} is on PATH. ` +
      'Install it (Debian, Ubuntu: sudo apt-get install chromium; Fedora: sudo dnf install chromium; ' +
      'macOS: brew install --cask google-chrome) and put it on PATH.',
  });
}

printPathWhenRun(import.meta.url, findOrInstallChromium);
