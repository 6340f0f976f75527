/** Installs jemalloc where that needs no question asked (root on Debian or Ubuntu). Never throws. */
export function tryToInstallJemalloc(): void;
