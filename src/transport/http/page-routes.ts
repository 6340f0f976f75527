import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reply } from './reply.js';
import type { Route } from './router.js';

/** Where the compiled page lies beside this compiled file. */
export const builtPageFolder = fileURLToPath(new URL('../../browser/page', import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The page may load its own files and talk to its own host, and nothing else: a seat
 * name or a title that carries a script does nothing.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = 'index.html';

/**
 * The seat page at / and /seat-reservation-demo.html, its files under /page/. Read
 * once, here; later changes of the files are not seen.
 * @throws Error naming the folder when the page is not there.
 */
export async function pageRoutes(folder: string): Promise<readonly Route[]> {
  const files = await readAssets(folder);
  const page = files.get(PAGE);
  if (page === undefined) throw new Error(`the seat page is not in ${folder}: build it first (npm run build)`);
  return [
    assetRoute('/', page),
    assetRoute('/seat-reservation-demo.html', page),
    ...[...files].filter(([name]) => name !== PAGE).map(([name, asset]) => assetRoute(`/page/${name}`, asset)),
  ];
}

interface Asset {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

async function readAssets(folder: string): Promise<Map<string, Asset>> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new Error(`the seat page is not in ${folder}: build it first (npm run build)`, { cause: error });
  });
  const assets = new Map<string, Asset>();
  for (const name of names.sort()) {
    const type = contentTypes[path.extname(name)];
    if (type !== undefined) assets.set(name, asset(await readFile(path.join(folder, name)), type));
  }
  return assets;
}

function asset(body: Uint8Array, type: string): Asset {
  const headers = {
    'Content-Type': type,
    // Kept, but asked after: names carry no version, and a page and its modules must fit.
    'Cache-Control': 'no-cache',
    ETag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    'Content-Security-Policy': contentSecurityPolicy,
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
  return { body, headers };
}

function assetRoute(pattern: string, { body, headers }: Asset): Route {
  const fresh: Reply = { status: 200, headers, body };
  const same: Reply = { status: 304, headers, body: '' };
  const etag = headers['ETag'] ?? '';
  return {
    method: 'GET',
    pattern,
    answer: ({ ifNoneMatch }) => Promise.resolve(matches(ifNoneMatch, etag) ? same : fresh),
  };
}

/** Weak comparison, as If-None-Match asks for: proxies that compress make tags weak. */
function matches(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
