import { createRequire } from 'node:module';
import path from 'node:path';
import type { UwsNative } from './types.js';

/** No build of uWebSockets.js loads on this machine. The message says what to install. */
export class UwsUnavailable extends Error {
  override readonly name = 'UwsUnavailable';
}

/** An npm package that carries uWebSockets.js, and where its binaries lie beside its main file. */
export interface UwsPackage {
  readonly name: string;
  readonly binaries: string;
  /** What it needs, for the error message. */
  readonly needs: string;
}

/** In order of preference: the newer one first. */
export const uwsPackages: readonly UwsPackage[] = [
  {
    name: 'uws-btc',
    binaries: '.',
    needs: 'Node 20, 22, 24 or 25; on Linux glibc 2.38 or newer (Ubuntu 24.04, Debian 13)',
  },
  {
    name: 'uws-unofficial',
    binaries: '../binaries',
    needs: 'Node 18 or 20; on Linux glibc 2.34 or newer (Ubuntu 22.04, Debian 12)',
  },
];

let loaded: UwsNative | undefined;

/**
 * The first build whose native binary loads here; the same one every time.
 * The binary is required by its own path and never through a package's main file,
 * because the main file of `uws-unofficial` answers a binary that does not load with
 * a JavaScript server an order of magnitude slower, and says so only on the console.
 * @throws UwsUnavailable
 */
export function loadUws(): UwsNative {
  loaded ??= loadFirst(uwsPackages, createRequire(import.meta.url));
  return loaded;
}

/** @throws UwsUnavailable naming every package tried and why it did not load. */
export function loadFirst(packages: readonly UwsPackage[], require: NodeJS.Require): UwsNative {
  const failures: string[] = [];
  for (const candidate of packages) {
    try {
      return asNative(require(binaryPath(candidate, require)));
    } catch (error) {
      failures.push(`- ${candidate.name} (needs ${candidate.needs}): ${firstLine(error)}`);
    }
  }
  throw new UwsUnavailable(
    [
      `No native build of uWebSockets.js loads on this machine (${machine()}):`,
      ...failures,
      'Install them with `npm install` (not --omit=optional) on a system one of them supports: ' +
        'Node 20 on Linux with glibc 2.34 or newer (not Alpine: it has musl), macOS or Windows.',
    ].join('\n'),
  );
}

function binaryPath(candidate: UwsPackage, require: NodeJS.Require): string {
  const main = require.resolve(candidate.name);
  const file = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  return path.join(path.dirname(main), candidate.binaries, file);
}

function asNative(module: unknown): UwsNative {
  if (!isNative(module)) throw new Error('the binary loads but is not uWebSockets.js');
  return module;
}

function isNative(module: unknown): module is UwsNative {
  return (
    typeof module === 'object' &&
    module !== null &&
    'App' in module &&
    'us_listen_socket_close' in module &&
    'us_socket_local_port' in module &&
    'LIBUS_LISTEN_EXCLUSIVE_PORT' in module
  );
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

function machine(): string {
  const header: unknown = Reflect.get(process.report.getReport(), 'header');
  const glibc: unknown =
    typeof header === 'object' && header !== null ? Reflect.get(header, 'glibcVersionRuntime') : undefined;
  const libc = typeof glibc === 'string' ? `, glibc ${glibc}` : '';
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}${libc}`;
}
