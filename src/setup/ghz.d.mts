/**
 * The path of ghz at the version the benchmarks use; builds it where there is Go, which takes a minute.
 * @throws Error that says what to install.
 */
export function findOrInstallGhz(): string;
