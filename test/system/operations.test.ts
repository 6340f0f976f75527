import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentials, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthClient,
  type HealthCheckResponse,
} from '../../proto/gen/grpc/health/v1/health.js';
import { call, connectBoxOffice, failureOf, readFailure, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';
import { book, confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { spawnNode, startNode, type NodeProcess, type TestNode } from '../support/node.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { connectReflection } from '../support/reflection.js';
import { openNodeOn, type OpenedNode } from './nodes.js';
import { lockScreening } from './row-lock.js';
import { watch } from './watching.js';

const services = [
  'cinema.boxoffice.v1.ScreeningService',
  'cinema.boxoffice.v1.SeatService',
  'cinema.cluster.v1.ClusterService',
];

describe('what operators ask a node', function () {
  this.timeout(30_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  let health: HealthClient;
  before(async () => {
    node = await startNode();
    client = connectBoxOffice(node.grpcAddress);
    health = new HealthClient(node.grpcAddress, credentials.createInsecure());
  });
  after(async () => {
    health.close();
    client.close();
    await node.stop();
  });

  it('health Check: the node and each service; an unknown one is NOT_FOUND', async () => {
    for (const service of ['', ...services]) {
      expect((await call(health, health.check, { service })).status).to.equal(ServingStatus.SERVING);
    }
    const unknown = await call(health, health.check, { service: 'none' }).catch((error: unknown) => error);
    expect(unknown).to.have.property('code', status.NOT_FOUND);
  });

  it('health List: all of them', async () => {
    const { statuses } = await call(health, health.list, {});
    expect(statuses).to.have.all.keys('', ...services);
    expect(Object.values(statuses).every(({ status }) => status === ServingStatus.SERVING)).to.equal(true);
  });

  it('health Watch: now and at every change, until the node stops, which waits for no watcher', async () => {
    const own = await openNodeOn(node.database, { node: { id: 'watched-node', closeTimeoutMs: 60_000 } });
    const watcher = new HealthClient(own.grpcAddress, credentials.createInsecure());
    const seen: ServingStatus[] = [];
    const stream = watcher.watch({ service: '' });
    stream.on('data', (response: HealthCheckResponse) => seen.push(response.status));
    const ends: unknown[] = [];
    stream.on('error', (error) => ends.push(error));
    await eventually('SERVING', () => seen.includes(ServingStatus.SERVING));
    const unknown: ServingStatus[] = [];
    const other = watcher.watch({ service: 'none' });
    other.on('data', (response: HealthCheckResponse) => unknown.push(response.status));
    other.on('error', (error) => ends.push(error));
    await eventually('an answer', () => unknown.length > 0);
    expect(ends, 'that of an unknown service stays open as well').to.deep.equal([]);
    let isClosed = false;
    const closing = own.close().then(() => (isClosed = true));
    await eventually('the node to have closed', () => isClosed);
    await closing;
    await eventually('both to have ended', () => ends.length === 2);
    watcher.close();
    expect(seen).to.deep.equal([ServingStatus.SERVING, ServingStatus.NOT_SERVING]);
    expect(unknown).to.deep.equal([ServingStatus.SERVICE_UNKNOWN]);
    for (const end of ends) expect(readFailure(end)).to.include({ code: 'UNAVAILABLE', reason: 'DRAINING' });
  });

  for (const version of ['v1', 'v1alpha'] as const) {
    it(`reflection ${version} lists the services and gives a service's file`, async () => {
      const reflection = connectReflection(node.grpcAddress, version);
      const listed = await reflection.ask({ list_services: '' });
      // Not those that only other ports or programs serve.
      expect(namesOf(listed)).to.have.members([...services, 'grpc.health.v1.Health']);
      const file = await reflection.ask({ file_containing_symbol: 'cinema.boxoffice.v1.SeatService' });
      expect(JSON.stringify(Object.keys(file))).to.include('file_descriptor_response');
      reflection.close();
    });
  }

  it('/metrics counts turns, commits, failures and residents', async () => {
    const screeningId = await createScreening(client, 'measured');
    await hold(client, { screeningId, seatIds: ['1-1'] });
    await failureOf(hold(client, { screeningId: 'nowhere', seatIds: ['1-1'] }));
    const answer = await fetch(`${node.httpUrl}/metrics`);
    expect(answer.headers.get('content-type')).to.include('text/plain');
    const text = await answer.text();
    for (const metric of [
      'cinema_turn_commands_count',
      'cinema_turn_events_sum',
      'cinema_commit_seconds_bucket',
      'cinema_activations_total',
      'cinema_resident_screenings',
    ]) {
      const line = text.split('\n').find((entry) => entry.startsWith(metric));
      expect(Number(line?.split(' ').at(-1)), metric).to.be.greaterThan(metric.endsWith('bucket') ? -1 : 0);
    }
    expect(text).to.match(/cinema_command_failures_total\{[^}]*kind="not-found"[^}]*\} [1-9]/);
    expect(text).to.match(/cinema_ready\{node="test-node"\} 1/);
  });
});

describe('the process of a node', function () {
  this.timeout(40_000);
  let database: TestDatabase;
  let node: NodeProcess | undefined;
  before(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    await node?.dispose();
    node = undefined;
  });
  after(() => database.drop());

  it('drains on SIGTERM, snapshots, exits 0, and its log is JSON that names no buyer and no token', async () => {
    node = await spawnNode(database.url, { node: { logLevel: 'debug' } });
    const client = connectBoxOffice(node.grpcAddress);
    const screeningId = await createScreening(client, 'logged');
    const buyerId = 'very-private-buyer';
    const { hold: kept } = await hold(client, { screeningId, buyerId, seatIds: ['1-1'] });
    const { hold: sold } = await hold(client, { screeningId, buyerId, seatIds: ['1-2'] });
    const { booking } = await confirm(client, { screeningId, buyerId, holdToken: sold?.holdToken ?? '' });
    await failureOf(confirm(client, { screeningId, buyerId, holdToken: sold?.holdToken ?? '' }));
    await failureOf(hold(client, { screeningId, buyerId: `${buyerId}\0`, seatIds: ['1-3'] }));
    const watching = watch(client, { screeningId });
    await watching.until('a snapshot', ({ frame }) => frame?.$case === 'snapshot');
    watching.stop();

    // A sale under way when the signal comes is finished.
    const lock = await lockScreening(database, screeningId);
    const underWay = book(client, { screeningId, buyerId, seatIds: ['9-9'] });
    await lock.blocksSomeone();
    const exited = node.kill('SIGTERM');
    await eventually('the pages to close', () => unreachable(`${node?.httpUrl ?? ''}/healthz`));
    await lock.release();
    const last = await underWay;
    expect(await exited).to.equal(0);
    client.close();

    const [snapshot] = await database.sql<{ revision: string }>(
      'SELECT max(revision) AS revision FROM screening_snapshot WHERE screening_id = $1',
      [screeningId],
    );
    expect(Number(snapshot?.revision), 'a snapshot of the last revision').to.equal(last.revision);
    const output = node.output();
    const lines = output.split('\n').filter((line) => line.startsWith('{'));
    const messages = lines.map(
      (line) => (JSON.parse(line) as { readonly msg: string; readonly node: string; readonly time: string }).msg,
    );
    expect(messages).to.include.members([
      'node started',
      'screening activated',
      'screening passivated',
      'node stopped',
    ]);
    expect(messages.at(-1)).to.equal('node stopped');
    const others = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));
    expect(
      others.every((line) => /^ {2}(seats|gRPC|health|metrics) /.test(line)),
      others.join('\n'),
    ).to.equal(true);
    for (const secret of [
      buyerId,
      kept?.holdToken ?? '-',
      sold?.holdToken ?? '-',
      booking?.bookingId ?? '-',
      new URL(database.url).password,
    ]) {
      expect(output.includes(secret), secret).to.equal(false);
    }
  });

  it('exits at once at the second signal', async () => {
    node = await spawnNode(database.url);
    const client = connectBoxOffice(node.grpcAddress);
    const screeningId = await createScreening(client, 'impatient');
    const lock = await lockScreening(database, screeningId);
    const stuck = hold(client, { screeningId, seatIds: ['1-1'] }).catch(readFailure);
    await lock.blocksSomeone();
    const first = node.kill('SIGTERM');
    await eventually('the drain to begin', () => unreachable(`${node?.httpUrl ?? ''}/healthz`));
    let code: number | null | undefined;
    void first.then((ended) => (code = ended));
    // One signal that arrives twice at once is one signal: an operator presses until it is heard.
    await eventually('the node to end', () => {
      void node?.kill('SIGTERM');
      return code !== undefined;
    });
    expect(code).to.equal(1);
    expect(await stuck, 'nobody was told of a sale')
      .to.have.property('code')
      .that.is.oneOf(['UNAVAILABLE', 'INTERNAL', 'CANCELLED']);
    await lock.release();
    client.close();
  });

  it('does not start with a wrong configuration, and lists every problem at once', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-config-'));
    const file = path.join(folder, 'cluster.config.json');
    await writeFile(
      file,
      JSON.stringify({
        node: { id: 'ä b', grpcPort: 70_000, colour: 'red' },
        postgres: { url: 'mysql://' },
        runtime: { mailboxLimit: 'many' },
      }),
    );
    const { code, stderr } = await runMain(['--config', file]).finally(() => rm(folder, { recursive: true }));
    expect(code).to.equal(1);
    for (const key of ['node.id', 'node.grpcPort', 'colour', 'postgres.url', 'runtime.mailboxLimit'])
      expect(stderr).to.include(key);
    expect(stderr, 'no stack').not.to.include('    at ');
  });

  it('says which file it cannot read', async () => {
    const { code, stderr } = await runMain(['--config', '/nowhere/at-all.json']);
    expect(code).to.equal(1);
    expect(stderr).to.include('/nowhere/at-all.json');
  });
});

describe('two nodes on one database', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let nodes: [OpenedNode, OpenedNode];
  let clients: [BoxOfficeClient, BoxOfficeClient];
  before(async () => {
    database = await freshDatabase();
    nodes = [await openNodeOn(database, { node: { id: 'a' } }), await openNodeOn(database, { node: { id: 'b' } })];
    clients = [connectBoxOffice(nodes[0].grpcAddress), connectBoxOffice(nodes[1].grpcAddress)];
  });
  after(async () => {
    for (const client of clients) client.close();
    for (const node of nodes) await node.close();
    await database.drop();
  });

  it('a fenced owner acknowledges nothing, drops what it believed and recovers', async () => {
    const [a, b] = clients;
    const screeningId = await createScreening(a, 'fenced');
    await book(a, { screeningId, buyerId: 'of-a', seatIds: ['1-1'] });
    // b takes over; a does not know.
    const { revision } = await book(b, { screeningId, buyerId: 'of-b', seatIds: ['1-2'] });
    const stale = await failureOf(book(a, { screeningId, buyerId: 'late', seatIds: ['1-3'] }));
    expect(stale).to.deep.include({ code: 'UNAVAILABLE', reason: 'OWNER_MOVING' });
    expect(stale.retryDelayMs).to.be.greaterThan(0);
    const rows = await database.sql<{ seat_id: string }>(
      'SELECT seat_id FROM booked_seat WHERE screening_id = $1 ORDER BY 1',
      [screeningId],
    );
    expect(
      rows.map(({ seat_id }) => seat_id),
      'nothing of the stale epoch',
    ).to.deep.equal(['1-1', '1-2']);

    const taken = await failureOf(book(a, { screeningId, buyerId: 'late', seatIds: ['1-2'] }));
    expect(taken, 'a has recovered what b sold').to.deep.include({
      reason: 'SEAT_UNAVAILABLE',
      seats: { '1-2': 'SEAT_BOOKED' },
    });
    expect((await book(a, { screeningId, buyerId: 'late', seatIds: ['1-3'] })).revision).to.equal(revision + 1);
    const metrics = await (await fetch(`${nodes[0].httpUrl}/metrics`)).text();
    expect(metrics).to.match(/cinema_drops_total\{[^}]*reason="fenced"[^}]*\} 1/);
  });

  it('sells no seat twice to callers who alternate between both', async () => {
    const screeningId = await createScreening(clients[0], 'contested');
    const sold = new Map<string, string>();
    const doubles: string[] = [];
    const caller = async (number: number): Promise<void> => {
      for (let step = 0; step < 24; step += 1) {
        const seatId = `${String(1 + Math.floor(step / 8))}-${String((step % 8) + 1)}`;
        const client = clients[(number + step) % 2 === 0 ? 0 : 1];
        const buyerId = `caller-${String(number)}`;
        try {
          const { booking } = await book(client, { screeningId, buyerId, seatIds: [seatId] });
          if (sold.has(seatId)) doubles.push(seatId);
          sold.set(seatId, booking?.bookingId ?? '');
        } catch (error) {
          expect(readFailure(error).reason).to.be.oneOf(['SEAT_UNAVAILABLE', 'OWNER_MOVING', 'STORAGE_UNAVAILABLE']);
        }
      }
    };
    await Promise.all([0, 1, 2, 3].map(caller));
    expect(doubles).to.deep.equal([]);
    expect(sold.size).to.be.greaterThan(0);
    const rows = await database.sql<{ seat_id: string; booking_id: string }>(
      'SELECT seat_id, booking_id FROM booked_seat WHERE screening_id = $1',
      [screeningId],
    );
    const stored = new Map(rows.map((row) => [row.seat_id, row.booking_id]));
    for (const [seatId, bookingId] of sold) expect(stored.get(seatId)).to.equal(bookingId);
    const [journal] = await database.sql<{ holes: string; epochs_fall: string }>(
      `SELECT max(revision) - count(*) AS holes,
              count(*) FILTER (WHERE epoch < before) AS epochs_fall
         FROM (SELECT revision, epoch, lag(epoch) OVER (ORDER BY revision) AS before FROM screening_journal WHERE screening_id = $1) rows`,
      [screeningId],
    );
    expect(journal).to.deep.equal({ holes: '0', epochs_fall: '0' });
    // Whoever owns it now has recovered exactly what the tables have.
    await eventually('an owner that answers', async () => {
      const probe = await book(clients[0], { screeningId, buyerId: 'probe', seatIds: ['9-9'] }).catch(readFailure);
      return !('reason' in probe) || probe.reason === 'SEAT_UNAVAILABLE';
    });
    const [counted] = await database.sql<{ booked: string }>(
      'SELECT count(*) AS booked FROM booked_seat WHERE screening_id = $1',
      [screeningId],
    );
    await eventually(
      'the map to show them',
      async () => String((await seatMap(clients[0], screeningId)).seatMap?.counts?.booked) === counted?.booked,
    );
  });
});

async function unreachable(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

function runMain(args: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, _stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr });
    });
  });
}

function namesOf(answer: object): string[] {
  const { list_services_response: list } = answer as {
    readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  };
  return list?.service.map(({ name }) => name) ?? [];
}
