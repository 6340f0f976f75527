// jemalloc for what is to be measured: a node has it where it is installed.
import { installDebianPackage } from './system-program.mjs';

/**
 * Installs it where that needs no question asked: as root on Debian or Ubuntu.
 * Elsewhere, and where that fails, all goes on without.
 */
export function tryToInstallJemalloc() {
  try {
    installDebianPackage('libjemalloc2');
  } catch {
    // It is as before.
  }
}
