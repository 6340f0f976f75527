import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { expect } from 'chai';
import net from 'node:net';
import { ClusterServiceClient } from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { ChangeKind } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import {
  HoldSeatsRequest,
  ListStatusChangesRequest,
  type HoldSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { credentials } from '@grpc/grpc-js';
import { StartError } from '../../src/node/start-error.js';
import { call, failureOf, readFailure, requestId } from '../support/box-office-client.js';
import { CuttableProxy } from '../support/cuttable-proxy.js';
import { eventually } from '../support/eventually.js';
import { confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { ownRedisServer } from '../support/redis.js';
import { ownerOf, startCluster, type MemberNode, type TestCluster } from './cluster-nodes.js';

describe('a cluster', function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let first: MemberNode;
  before(async () => {
    cluster = await startCluster(3, { health: { checkIntervalMs: 200 } });
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('no node');
    first = node;
  });
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  after(() => cluster.stop());

  /** A screening that another node than the first owns, and that node. */
  async function elsewhere(name: string): Promise<{ readonly screeningId: string; readonly owner: MemberNode }> {
    for (let attempt = 0; ; attempt += 1) {
      const screeningId = await createScreening(first.client, `${name}-${String(attempt)}`);
      await hold(first.client, { screeningId, seatIds: ['9-1'] });
      const owner = await ownerOf(cluster, screeningId);
      if (owner !== first) return { screeningId, owner };
    }
  }

  const nodeThatOwns = async (screeningId: string): Promise<string> => {
    const list = new ClusterServiceClient(first.grpcAddress, credentials.createInsecure());
    try {
      return (await call(list, list.locateScreening, { screeningId })).ownerNodeId;
    } finally {
      list.close();
    }
  };

  /** A screening that placement gives to the node, with a first hold. */
  async function ownedBy(nodeId: string, name: string): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      const screeningId = await createScreening(first.client, `${name}-${String(attempt)}`);
      if ((await nodeThatOwns(screeningId)) !== nodeId) continue;
      await hold(first.client, { screeningId, seatIds: ['1-1'] });
      return screeningId;
    }
  }

  it('takes every command on any node, and one node decides', async () => {
    const screeningId = await createScreening(first.client, 'any-node');
    const held = await Promise.all(
      cluster.nodes.map(({ client }, index) => hold(client, { screeningId, seatIds: [`1-${String(index + 1)}`] })),
    );
    const { seats } = first.client;
    const history = ListStatusChangesRequest.fromPartial({ screeningId });
    const { changes } = await call(seats, seats.listStatusChanges, history);
    const ofHolds = changes.filter(({ kind }) => kind === ChangeKind.CHANGE_KIND_SEATS_HELD);
    expect(
      ofHolds.map(({ revision, seatIds }) => ({ revision, seatIds })),
      'one history, as it was told',
    ).to.have.deep.members(held.map(({ revision, hold }) => ({ revision, seatIds: hold?.seatIds })));
    for (const [index, { client }] of cluster.nodes.entries()) {
      const token = held[(index + 1) % held.length]?.hold?.holdToken ?? '';
      const { booking } = await confirm(client, { screeningId, holdToken: token });
      expect(booking?.seatIds).to.have.length(1);
    }
    const refused = await failureOf(hold(first.client, { screeningId, seatIds: ['1-1', '2-1'] }));
    expect(refused.seats).to.deep.equal({ '1-1': 'SEAT_BOOKED' });
    const epochs = await cluster.database.sql<{ epoch: string }>(
      'SELECT epoch FROM screening_owner WHERE screening_id = $1',
      [screeningId],
    );
    expect(epochs[0]?.epoch, 'it never moved').to.equal('1');
  });

  it('passes errors on with everything they say', async () => {
    const { screeningId } = await elsewhere('errors');
    const unknown = await failureOf(hold(first.client, { screeningId, seatIds: ['no-such-seat'] }));
    expect(unknown).to.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
    expect(unknown.fields).to.deep.equal(['seat_ids']);
    const taken = await failureOf(hold(first.client, { screeningId, seatIds: ['9-1'] }));
    expect(taken).to.include({ code: 'FAILED_PRECONDITION', reason: 'SEAT_UNAVAILABLE' });
    expect(taken.seats).to.deep.equal({ '9-1': 'SEAT_HELD' });
    const missing = await failureOf(hold(first.client, { screeningId: 'no-such-screening', seatIds: ['1-1'] }));
    expect(missing).to.include({ code: 'NOT_FOUND', reason: 'SCREENING_NOT_FOUND' });
  });

  it('names the owner in the trailers of an answer that came from elsewhere', async () => {
    const { screeningId, owner } = await elsewhere('trailers');
    const request = HoldSeatsRequest.fromPartial({
      requestId: requestId(),
      screeningId,
      buyerId: 'buyer',
      seatIds: ['2-1'],
    });
    const trailers = (node: MemberNode): Promise<Metadata> =>
      new Promise((resolve, reject) => {
        const done = (error: ServiceError | null): void => {
          if (error !== null) reject(error);
        };
        node.client.seats
          .holdSeats(request, new Metadata(), { deadline: Date.now() + 5_000 }, done)
          .once('status', ({ metadata }: { readonly metadata: Metadata }) => {
            resolve(metadata);
          });
      });
    const forwarded = await trailers(first);
    expect(forwarded.get('cinema-owner-node')).to.deep.equal([owner.id]);
    expect(forwarded.get('cinema-owner-address')).to.deep.equal([owner.grpcAddress]);
    expect((await trailers(owner)).get('cinema-owner-node'), 'it was there already').to.deep.equal([]);
  });

  it('answers a repeated request the same on another node', async () => {
    const { screeningId, owner } = await elsewhere('repeated');
    const request = { requestId: requestId(), screeningId, seatIds: ['3-1', '3-2'] };
    const answers = [await hold(first.client, request), await hold(owner.client, request)];
    expect(answers[1]).to.deep.equal(answers[0]);
  });

  it('answers Execute and HTTP on any node too', async () => {
    const { screeningId, owner } = await elsewhere('wires');
    const stream = first.client.seats.execute();
    const answered = new Promise<HoldSeatsResponse | undefined>((resolve, reject) => {
      stream.once('error', reject);
      stream.once('data', ({ result }: { result?: { $case: string; value: HoldSeatsResponse } }) => {
        resolve(result?.$case === 'holdSeats' ? result.value : undefined);
      });
    });
    const value = HoldSeatsRequest.fromPartial({ screeningId, buyerId: 'buyer', seatIds: ['4-1'] });
    stream.write({ requestId: requestId(), command: { $case: 'holdSeats', value } });
    expect((await answered)?.hold?.seatIds).to.deep.equal(['4-1']);
    stream.end();

    const response = await fetch(`${first.httpUrl}/api/seat-reservations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        request_id: requestId(),
        screening_id: screeningId,
        buyer_id: 'buyer',
        seat_ids: ['4-1'],
      }),
    });
    expect(response.status).to.equal(409);
    expect(await response.json()).to.have.property('reason', 'SEAT_UNAVAILABLE');
    const stats = (await (
      await fetch(`${first.httpUrl}/api/seat-reservations/queue-stats/${screeningId}`)
    ).json()) as object;
    expect(stats).to.include({ owner_node: owner.id, resident: true });
  });

  it('shows the seat map on every node as it is committed', async () => {
    const { screeningId } = await elsewhere('maps');
    const { revision } = await hold(first.client, { screeningId, seatIds: ['5-1'] });
    for (const { id, client } of cluster.nodes) {
      await eventually(`${id} to show revision ${String(revision)}`, async () => {
        const { seatMap: map } = await seatMap(client, screeningId);
        return (map?.revision ?? 0) >= revision;
      });
    }
  });

  it('does not fall over a peer port that is spoken to in tongues', async () => {
    const { screeningId } = await elsewhere('garbage');
    const list = new ClusterServiceClient(first.grpcAddress, credentials.createInsecure());
    const { nodes } = await call(list, list.listNodes, {});
    list.close();
    for (const { peerAddress } of nodes) {
      const [host, port] = peerAddress.split(':');
      await new Promise<void>((resolve) => {
        const socket = net.connect(Number(port), host, () => {
          socket.write('GET / HTTP/1.1\r\n\r\n');
          socket.write(Buffer.alloc(70_000, 0xff));
        });
        socket.on('error', () => undefined);
        socket.once('close', () => {
          resolve();
        });
        setTimeout(() => socket.destroy(), 2_000).unref();
      });
    }
    await hold(first.client, { screeningId, seatIds: ['6-1'] });
  });

  it('takes no second node of the same id', async () => {
    const second = await cluster
      .join('node-2', { cluster: { leaseTtlMs: 300, leaseRenewMs: 100 }, redis: { commandTimeoutMs: 150 } })
      .catch((error: unknown) => error);
    expect(second).to.be.instanceOf(StartError);
    expect((second as Error).message)
      .to.include('node-2')
      .and.include('in use');
    const { screeningId } = await elsewhere('same-id');
    await hold(first.client, { screeningId, seatIds: ['7-1'] });
  });

  it('takes the screenings of a node that has lost the database, and gives them back', async () => {
    const proxy = await CuttableProxy.open(cluster.database.url);
    closers.push(() => proxy.close());
    const url = new URL(cluster.database.url);
    url.port = String(proxy.port);
    const cutOff = await cluster.join('cut-off', { postgres: { url: url.href, statementTimeoutMs: 500 } });
    closers.push(() => cutOff.close());
    const screeningId = await ownedBy(cutOff.id, 'storage-lost');
    proxy.cut();
    await eventually('another owner', async () => (await nodeThatOwns(screeningId)) !== cutOff.id, 20_000);
    await hold(first.client, { screeningId, seatIds: ['2-1'] });
    expect((await fetch(`${cutOff.httpUrl}/readyz`)).status).to.equal(503);
    await hold(cutOff.client, { screeningId, seatIds: ['2-2'] });
    proxy.mend();
    await eventually('its own again', async () => (await nodeThatOwns(screeningId)) === cutOff.id, 20_000);
    await hold(first.client, { screeningId, seatIds: ['2-3'] });
  });

  it('gives a node that joins its share, and takes it back when it leaves, without a failed request', async () => {
    const screenings = await Promise.all(
      Array.from({ length: 24 }, (_, index) => createScreening(first.client, `share-${String(index)}`)),
    );
    let running = true;
    const callers: Promise<void>[] = [];
    closers.push(async () => {
      running = false;
      await Promise.all(callers);
    });
    const failures: unknown[] = [];
    let answered = 0;
    const caller = async (from: number): Promise<void> => {
      for (let seat = 0; running; seat += 1) {
        const node = cluster.nodes[(from + seat) % 3] ?? first;
        const screeningId = screenings[(from * 7 + seat) % screenings.length] ?? '';
        try {
          await hold(node.client, { screeningId, seatIds: ['1-1'], buyerId: 'one', requestId: idOf(screeningId) });
          answered += 1;
        } catch (error) {
          failures.push(readFailure(error));
        }
      }
    };
    for (let from = 0; from < 6; from += 1) callers.push(caller(from));
    await eventually('some answers', () => answered > 50);
    const fourth = await cluster.join('node-4');
    const sharedOut = async (): Promise<number> => {
      const [row] = await cluster.database.sql<{ count: string }>(
        "SELECT count(*) FROM screening_owner WHERE node_id = 'node-4'",
      );
      return Number(row?.count);
    };
    await eventually('a share of the fourth', async () => (await sharedOut()) >= 2, 20_000);
    const before = answered;
    await eventually('answers with four', () => answered > before + 50);
    await fourth.close();
    const after = answered;
    await eventually('answers with three again', () => answered > after + 50);
    running = false;
    await Promise.all(callers);
    expect(failures).to.deep.equal([]);
  });
});

/** The same request for the same screening, so that every answer must be the same. */
function idOf(screeningId: string): string {
  const number = Number(/\d+$/.exec(screeningId)?.[0]);
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

describe('a cluster whose Redis goes away', function () {
  this.timeout(60_000);

  it('goes on selling on every node, stays ready, and says so', async () => {
    const redis = await ownRedisServer();
    const cluster = await startCluster(2, {
      redis: { url: redis.url, commandTimeoutMs: 250 },
      cluster: { leaseTtlMs: 600, leaseRenewMs: 150, nodes: [{ id: 'node-9', host: '127.0.0.1', peerPort: 9 }] },
    });
    const views = (): Promise<{ readonly status: number; readonly isGood: boolean }[]> =>
      Promise.all(
        cluster.nodes.map(async ({ httpUrl }) => {
          const response = await fetch(`${httpUrl}/readyz`);
          const { checks } = (await response.json()) as { checks: { view: { ok: boolean } } };
          return { status: response.status, isGood: checks.view.ok };
        }),
      );
    const everyNodeSells = async (row: string): Promise<void> => {
      for (const [index, { client }] of cluster.nodes.entries())
        await hold(client, { screeningId: 'zal-10-late', seatIds: [`${row}-${String(index + 1)}`] });
    };
    try {
      await everyNodeSells('1');
      const { checks } = (await (await fetch(`${cluster.nodes[0]?.httpUrl ?? ''}/readyz`)).json()) as {
        checks: { peers: { ok: boolean; detail: string } };
      };
      expect(checks.peers, 'a node of the configuration that is not there').to.deep.equal({
        ok: false,
        detail: 'node-9 is in the configuration but has no lease',
      });
      await redis.kill('SIGKILL');
      await eventually('both to notice', async () => (await views()).every(({ isGood }) => !isGood), 20_000);
      expect((await views()).map(({ status }) => status)).to.deep.equal([200, 200]);
      await everyNodeSells('2');
      await redis.restart();
      await eventually('both to be back', async () => (await views()).every(({ isGood }) => isGood), 20_000);
      await everyNodeSells('3');
    } finally {
      await cluster.stop();
      await redis.stop();
    }
  });
});
