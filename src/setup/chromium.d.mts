/**
 * The path of a Chromium; installs one where that needs no question asked (root on Debian or Ubuntu).
 * @throws Error that says what to install.
 */
export function findOrInstallChromium(): string;
