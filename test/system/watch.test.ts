import { Client, credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { SeatState, type SeatMap } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import {
  CancelBookingRequest,
  WatchSeatsRequest,
  type WatchSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthClient,
} from '../../proto/gen/grpc/health/v1/health.js';
import { call, connectBoxOffice, readFailure, requestId, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';
import { book, confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { metric, startNode, type NodeOverrides, type TestNode } from '../support/node.js';
import { freshDatabase } from '../support/postgres.js';
import { openNodeOn } from './nodes.js';
import { seatMethod } from './raw-call.js';
import { isKind, reaches, watch } from './watching.js';

const streams = { frameIntervalMs: 5, progressIntervalMs: 100, resumeFrames: 20 };

describe('WatchSeats', function () {
  this.timeout(30_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  const overrides: NodeOverrides = { streams, grpc: { watchersMax: 3 } };
  before(async () => {
    node = await startNode(overrides);
    client = connectBoxOffice(node.grpcAddress);
  });
  after(async () => {
    client.close();
    await node.stop();
  });

  it('tells a snapshot, then every change, with contiguous revisions', async () => {
    const screeningId = await createScreening(client, 'watched', { blockedSeatIds: ['9-9'] });
    await book(client, { screeningId, seatIds: ['1-1'] });
    const watching = watch(client, { screeningId });
    await watching.until('a snapshot', isKind('snapshot'));
    for (let seat = 2; seat <= 9; seat += 1) {
      const { hold: taken } = await hold(client, {
        screeningId,
        buyerId: `b${String(seat)}`,
        seatIds: [`1-${String(seat)}`],
      });
      if (seat % 2 === 0)
        await confirm(client, { screeningId, buyerId: `b${String(seat)}`, holdToken: taken?.holdToken ?? '' });
    }
    const now = (await seatMap(client, screeningId)).seatMap;
    await watching.until('the last change', reaches(now?.revision ?? Infinity));
    watching.stop();
    expect(watching.kinds[0]).to.equal('snapshot');
    expectContiguous(watching.frames);
    expect(seatsAfter(watching.frames)).to.deep.equal(seatsOf(now));
    expect(watching.deltas.at(-1)?.counts).to.deep.equal(now?.counts);
  });

  it('says every few moments where it is, when nothing happens', async () => {
    const screeningId = await createScreening(client, 'quiet');
    const watching = watch(client, { screeningId });
    const { frame } = await watching.until('progress', isKind('progress'));
    watching.stop();
    expect(frame?.$case === 'progress' && frame.value.revision).to.equal(1);
  });

  it('goes on from a token without a missed change', async () => {
    const screeningId = await createScreening(client, 'resumed');
    const before = watch(client, { screeningId });
    const { revision } = await hold(client, { screeningId, seatIds: ['1-1'] });
    await before.until('the hold', reaches(revision));
    before.stop();
    const token = before.resumeToken;
    for (const seat of ['1-2', '1-3', '1-4']) await book(client, { screeningId, seatIds: [seat] });
    const now = (await seatMap(client, screeningId)).seatMap;
    const after = watch(client, { screeningId, resumeToken: token });
    await after.until('the last change', reaches(now?.revision ?? Infinity));
    after.stop();
    expect(after.kinds, 'no snapshot').not.to.include('snapshot');
    expect(after.deltas[0]?.previousRevision).to.be.at.most(revision);
    expect(seatsAfter([...before.frames, ...after.frames])).to.deep.equal(seatsOf(now));
  });

  it('starts anew, by name, when what was missed is gone', async () => {
    const screeningId = await createScreening(client, 'compacted');
    const before = watch(client, { screeningId });
    await before.until('a snapshot', isKind('snapshot'));
    let last: number;
    for (let change = 0; change < 15; change += 1) {
      // Each its own frame: the next change waits until this one was seen.
      const { booking, revision } = await book(client, { screeningId, seatIds: ['1-1'] });
      await before.until(`revision ${String(revision)}`, reaches(revision));
      const request = CancelBookingRequest.fromPartial({
        requestId: requestId(),
        screeningId,
        buyerId: 'buyer',
        bookingId: booking?.bookingId ?? '',
      });
      last = (await call(client.seats, client.seats.cancelBooking, request)).revision;
      await before.until(`revision ${String(last)}`, reaches(last));
    }
    before.stop();
    const after = watch(client, { screeningId, resumeToken: before.frames[0]?.resumeToken ?? '' });
    await after.until('a snapshot', isKind('snapshot'));
    after.stop();
    expect(after.kinds.slice(0, 2)).to.deep.equal(['reset COMPACTED', 'snapshot']);
  });

  it('takes no more watchers than configured, and one again when one has left', async () => {
    const screeningId = await createScreening(client, 'crowded');
    const three = [1, 2, 3].map(() => watch(client, { screeningId }));
    for (const watching of three) await watching.until('a snapshot', isKind('snapshot'));
    const refusedBefore = await metric(node, 'cinema_command_failures_total', 'kind="overloaded"');
    const failure = await watch(client, { screeningId }).failure();
    expect(failure).to.deep.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
    expect(await metric(node, 'cinema_grpc_watchers')).to.equal(3);
    expect(await metric(node, 'cinema_command_failures_total', 'kind="overloaded"')).to.equal(refusedBefore + 1);
    expect(failure.retryDelayMs).to.be.greaterThan(0);
    three[0]?.stop();
    await eventually('a place', async () => {
      const again = watch(client, { screeningId });
      const place = await again.until('a snapshot', isKind('snapshot')).then(
        () => true,
        () => false,
      );
      again.stop();
      return place;
    });
    for (const watching of three) watching.stop();
  });

  it('takes as many watchers of its health, besides, and one again when one has left', async () => {
    const health = new HealthClient(node.grpcAddress, credentials.createInsecure());
    const open = async () => {
      const stream = health.watch({ service: '' });
      const answer = await new Promise<unknown>((resolve) => {
        stream.once('data', resolve);
        stream.once('error', resolve);
      });
      stream.on('error', () => undefined);
      return { stream, answer };
    };
    const serving = { status: ServingStatus.SERVING };
    const seats = watch(client, { screeningId: await createScreening(client, 'healthy') });
    await seats.until('a snapshot', isKind('snapshot'));
    const three = [await open(), await open(), await open()];
    expect(three.map(({ answer }) => answer)).to.deep.equal([serving, serving, serving]);
    const failure = readFailure((await open()).answer);
    expect(failure).to.deep.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
    expect(failure.retryDelayMs).to.be.greaterThan(0);
    three[0]?.stream.cancel();
    await eventually('a place', async () => {
      const { stream, answer } = await open();
      stream.cancel();
      return !(answer instanceof Error);
    });
    health.close();
    seats.stop();
  });

  it('never says who: no buyer, token, booking or request in any byte', async () => {
    const screeningId = await createScreening(client, 'discreet');
    const raw = new Client(node.grpcAddress, credentials.createInsecure());
    const chunks: Buffer[] = [];
    const stream = raw.makeServerStreamRequest(
      seatMethod('WatchSeats'),
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.from(WatchSeatsRequest.encode({ screeningId, resumeToken: '' }).finish()),
    );
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    const secrets = ['discreet-buyer', requestId(), requestId()];
    const { hold: taken } = await hold(client, {
      screeningId,
      buyerId: secrets[0],
      seatIds: ['1-1'],
      requestId: secrets[1],
    });
    const { booking } = await confirm(client, {
      screeningId,
      buyerId: secrets[0],
      holdToken: taken?.holdToken ?? '',
      requestId: secrets[2],
    });
    secrets.push(taken?.holdToken ?? '', booking?.bookingId ?? '');
    const marker = await book(client, { screeningId, buyerId: secrets[0], seatIds: ['7-7'] });
    secrets.push(marker.booking?.bookingId ?? '');
    await eventually('the last change', () => Buffer.concat(chunks).includes('7-7'));
    stream.cancel();
    raw.close();
    const bytes = Buffer.concat(chunks);
    for (const secret of secrets) {
      expect(secret).to.have.length.greaterThan(10);
      expect(bytes.includes(secret), secret).to.equal(false);
      expect(bytes.includes(Buffer.from(secret).toString('base64url')), `${secret} in base64`).to.equal(false);
    }
  });

  it('resets a reader who does not read, and brings it up to date once it does', async () => {
    const screeningId = await createScreening(client, 'slow', { auditoriumId: 'riethsporthalle' });
    const slow = watch(client, { screeningId });
    await slow.until('a snapshot', isKind('snapshot'));
    slow.pause();
    const fast = watch(client, { screeningId });
    await fast.until('a snapshot', isKind('snapshot'));
    const seatIds = ['D', 'E', 'F'].flatMap((zone) =>
      Array.from({ length: 9 }, (_, row) => row + 6).flatMap((row) =>
        Array.from({ length: 10 }, (_, seat) => `${zone}-${String(row)}-${String(seat + 1)}`),
      ),
    );
    let revision: number;
    // Some 4 KB a frame: more than the connection and both ends keep.
    for (let round = 0; round < 60; round += 1) {
      const { booking } = await book(client, { screeningId, seatIds });
      const request = CancelBookingRequest.fromPartial({
        requestId: requestId(),
        screeningId,
        buyerId: 'buyer',
        bookingId: booking?.bookingId ?? '',
      });
      ({ revision } = await call(client.seats, client.seats.cancelBooking, request));
      await fast.until(`revision ${String(revision)}`, reaches(revision));
    }
    slow.resume();
    await slow.until('a reset', isKind('reset'));
    const { revision: last } = await book(client, { screeningId, seatIds: ['D-6-1'] });
    await slow.until('the newest revision', reaches(last));
    slow.stop();
    fast.stop();
    expect(slow.kinds).to.include('reset SLOW_READER');
    expect(slow.kinds[slow.kinds.indexOf('reset SLOW_READER') + 1]).to.equal('snapshot');
    expect(slow.deltas.length, 'frames were skipped').to.be.lessThan(fast.deltas.length);
    expect(seatsAfter(slow.frames)).to.deep.equal(new Map([['D-6-1', SeatState.SEAT_STATE_BOOKED]]));
  });
});

describe('WatchSeats on another node', function () {
  this.timeout(30_000);
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('takes the token of a node that is gone', async () => {
    const database = await freshDatabase();
    closers.push(() => database.drop());
    const first = await openNodeOn(database, { streams });
    closers.push(() => first.close());
    let client = connectBoxOffice(first.grpcAddress);
    closers.push(() => client.close());
    const screeningId = await createScreening(client, 'moved');
    const before = watch(client, { screeningId });
    const { revision } = await hold(client, { screeningId, seatIds: ['1-1'] });
    await before.until('the hold', reaches(revision));
    before.stop();
    await book(client, { screeningId, seatIds: ['1-2'] });
    client.close();
    await first.close();

    const second = await openNodeOn(database, { streams });
    closers.push(() => second.close());
    client = connectBoxOffice(second.grpcAddress);
    const after = watch(client, { screeningId, resumeToken: before.resumeToken });
    const next = await book(client, { screeningId, seatIds: ['1-3'] });
    await after.until('the newest revision', reaches(next.revision));
    const now = (await seatMap(client, screeningId)).seatMap;
    after.stop();
    expect(seatsAfter([...before.frames, ...after.frames])).to.deep.equal(seatsOf(now));
    expect(now?.seats.map(({ seatId }) => seatId)).to.deep.equal(['1-3', '1-2', '1-1']);

    const current = watch(client, { screeningId, resumeToken: after.resumeToken });
    await current.until('progress', isKind('progress'));
    current.stop();
    expect(current.kinds, 'nothing was missed').to.not.include('snapshot');
  });
});

/** The map a viewer has after these frames. @throws when a delta does not follow what it has */
function seatsAfter(frames: readonly WatchSeatsResponse[]): Map<string, SeatState> {
  let seats = new Map<string, SeatState>();
  let revision = -1;
  for (const { frame } of frames) {
    switch (frame?.$case) {
      case 'snapshot':
        seats = seatsOf(frame.value);
        revision = frame.value.revision;
        break;
      case 'delta':
        expect(frame.value.previousRevision, 'nothing is missing before a delta').to.be.at.most(revision);
        for (const { seatId, state } of frame.value.changes) {
          if (state === SeatState.SEAT_STATE_FREE) seats.delete(seatId);
          else seats.set(seatId, state);
        }
        revision = frame.value.revision;
        break;
      case 'reset':
        revision = -1;
        break;
      case 'progress':
        expect(frame.value.revision, 'progress is never ahead of what was sent').to.be.at.most(revision);
        break;
      case undefined:
        throw new Error('an empty frame');
    }
  }
  return seats;
}

function seatsOf(map: SeatMap | undefined): Map<string, SeatState> {
  return new Map(map?.seats.map(({ seatId, state }) => [seatId, state]));
}

function expectContiguous(frames: readonly WatchSeatsResponse[]): void {
  let revision: number | undefined;
  for (const { frame } of frames) {
    if (frame?.$case === 'delta') {
      expect(frame.value.previousRevision).to.be.at.most(revision ?? -1);
      expect(frame.value.revision).to.be.greaterThan(revision ?? Infinity);
      revision = frame.value.revision;
    } else if (frame?.$case === 'snapshot') revision = frame.value.revision;
  }
}
