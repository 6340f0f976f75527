import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { readConfig } from '../../src/config/index.js';
import { openNode, type Node } from '../../src/node.js';
import { book, createScreening, hold, seatMap } from '../support/journey.js';
import { connectBoxOffice, failureOf, requestId, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';

const MEBIBYTE = 1024 * 1024;
/** Room for a new server (some 40 MiB and its log), and little more: filling it takes no time. */
const DISK_MIB = 160;

describe('a disk that is full', function () {
  this.timeout(90_000);
  let disk: string;
  let node: Node;
  let client: BoxOfficeClient;
  const closers: (() => unknown)[] = [];

  before(async function () {
    const mounted = mountSmallDisk();
    if ('problem' in mounted) {
      console.log(`    skipped: no disk of its own can be mounted: ${mounted.problem}`);
      return this.skip();
    }
    disk = mounted.folder;
    closers.push(() => unmount(disk));
    const config = {
      node: { id: 'test-node', grpcPort: 0, httpPort: 0, logLevel: 'silent' },
      postgres: { dataDir: path.join(disk, 'postgres') },
      health: { checkIntervalMs: 200 },
      demoData: true,
    } as const;
    node = await openNode(readConfig(config, 'test configuration'));
    closers.push(() => node.close());
    client = connectBoxOffice(`127.0.0.1:${String(node.grpcPort)}`);
    closers.push(() => client.close());
  });
  after(() => closeAll(closers.reverse()));

  const ready = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${String(node.httpPort)}/readyz`)).status === 200;

  it('loses nothing, refuses with a delay, and goes on by itself when there is room', async () => {
    const screeningId = await createScreening(client, 'full');
    const early = { screeningId, buyerId: 'early', seatIds: ['1-1'], requestId: requestId() };
    const { booking } = await book(client, early);

    const ballast = path.join(disk, 'ballast');
    await fill(ballast);
    // The server has room in the log it has made; it crashes when it needs more.
    await writeAheadUntilCrash(node.postgresUrl);
    const late = { screeningId, buyerId: 'late', seatIds: ['1-2'], requestId: requestId() };
    const refusal = await failureOf(hold(client, late));
    expect(refusal).to.deep.include({ code: 'UNAVAILABLE', reason: 'STORAGE_UNAVAILABLE' });
    expect(refusal.retryDelayMs).to.be.greaterThan(0);
    await eventually('the node not to be ready', async () => !(await ready()));
    // It cannot even recover: whoever wants it back has to start it again.
    await eventually('the server to give up', () => isDown(node.postgresUrl));

    await rm(ballast);
    await eventually('the node to be ready', ready, 30_000);
    await hold(client, late);
    expect((await book(client, early)).booking, 'a repeat gives the same booking').to.deep.equal(booking);
    const { seatMap: map } = await seatMap(client, screeningId);
    expect(map?.counts).to.deep.include({ booked: 1, held: 1 });
  });
});

/** The first, and the rest whether or not that fails. */
async function closeAll([close, ...rest]: readonly (() => unknown)[]): Promise<void> {
  if (close === undefined) return;
  try {
    await close();
  } finally {
    await closeAll(rest);
  }
}

/** A file system of its own in memory, which only root may make, or why it cannot be. */
function mountSmallDisk(): { readonly folder: string } | { readonly problem: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cinema-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(DISK_MIB)}m,mode=755`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
    return { folder };
  } catch (error) {
    rmSync(folder, { recursive: true });
    // What the program wrote comes after the command, in a line of its own.
    return { problem: String(error).split('\n', 2).at(-1) ?? '' };
  }
}

function unmount(folder: string): void {
  // Lazily: a server that was not stopped must not keep it.
  execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true });
}

/** Writes a file until there is no room for more of it. */
async function fill(file: string): Promise<void> {
  const ballast = await open(file, 'w');
  const chunk = Buffer.alloc(MEBIBYTE);
  try {
    for (;;) await ballast.write(chunk);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await ballast.close();
  }
}

/** Whether nobody listens there. */
async function isDown(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  } finally {
    await client.end();
  }
}

/** Has the server write nothing but log until it cannot, which is the end of it. */
async function writeAheadUntilCrash(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const lost = new Promise<void>((resolve) => client.once('end', resolve));
  try {
    for (let mebibytes = 0; mebibytes < DISK_MIB; mebibytes += 1)
      await client.query(`SELECT pg_logical_emit_message(false, 'ballast', repeat('x', ${String(MEBIBYTE)}))`);
  } catch {
    await lost;
    return;
  }
  throw new Error('the server did not run out of room');
}
