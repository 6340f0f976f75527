/**
 * The path of a redis-server; installs one where that needs no question asked (root on Debian or Ubuntu).
 * @throws Error that says what to install.
 */
export function findOrInstallRedisServer(): string;
