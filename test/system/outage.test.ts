import { credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthClient,
} from '../../proto/gen/grpc/health/v1/health.js';
import {
  call,
  connectBoxOffice,
  failureOf,
  readFailure,
  requestId,
  type ApiFailure,
  type BoxOfficeClient,
} from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';
import { book, confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { startNode, type TestNode } from '../support/node.js';
import { crashPostgres, restartPostgres } from '../support/postgres.js';
import { ViewerClient } from '../transport/http/support/viewer-client.js';
import { watch } from './watching.js';

const LINES = 4;

describe('Postgres crashes under load and comes back', function () {
  this.timeout(60_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  let health: HealthClient;
  const screeningId = 'outage';
  before(async () => {
    node = await startNode({ health: { checkIntervalMs: 200 }, streams: { progressIntervalMs: 200 } });
    client = connectBoxOffice(node.grpcAddress);
    health = new HealthClient(node.grpcAddress, credentials.createInsecure());
    await createScreening(client, screeningId, { auditoriumId: 'riethsporthalle' });
  });
  after(async () => {
    client.close();
    health.close();
    await node.stop();
  });

  const servingStatus = async () => (await call(health, health.check, { service: '' })).status;
  const readyz = async () => (await fetch(`${node.httpUrl}/readyz`)).status;
  const livez = async () => (await fetch(`${node.httpUrl}/healthz`)).status;

  it('refuses with a delay, reads on from memory, and loses and doubles nothing', async () => {
    const sale = startSale(client, screeningId);
    await eventually('a running sale', () => sale.acknowledged.size >= 15);
    const before = (await seatMap(client, screeningId)).seatMap;
    const watching = watch(client, { screeningId });
    const toldStale = (stale: boolean) =>
      eventually(`a connected viewer to be told that stale is ${String(stale)}`, () => {
        const newest = watching.frames.findLast(({ frame }) => frame?.$case === 'progress')?.frame;
        return newest?.$case === 'progress' && newest.value.stale === stale;
      });
    const page = async (id: string) => {
      const response = await fetch(`${node.httpUrl}/api/screenings/${id}/seat-map`);
      return { status: response.status, body: (await response.json()) as { revision: number; stale: boolean } };
    };
    expect((await page(screeningId)).body.stale).to.equal(false);

    await crashPostgres();
    await eventually('every line to be refused', () => sale.refusals.length >= LINES);
    await eventually(
      'the node not to be ready',
      async () => (await readyz()) === 503 && (await servingStatus()) === ServingStatus.NOT_SERVING,
    );
    expect(await livez(), 'it lives, and a restart would not help').to.equal(200);

    const map = (await seatMap(client, screeningId)).seatMap;
    expect(map?.stale).to.equal(true);
    expect(map?.revision).to.be.at.least(before?.revision ?? Infinity);
    expect(map?.counts?.booked).to.be.at.least(sale.acknowledged.size);
    await toldStale(true);
    const shown = await page(screeningId);
    expect([shown.status, shown.body.stale], 'the page goes on, too').to.deep.equal([200, true]);
    expect((await page('zal-10-tonight')).status, 'a hall that nobody has seen').to.equal(503);
    const statistics = await fetch(`${node.httpUrl}/api/seat-reservations/queue-stats/zal-10-tonight`);
    expect(statistics.status, 'its statistics').to.equal(503);
    const viewer = await ViewerClient.open(node.httpUrl, { screening_id: 'zal-10-tonight' });
    expect(await viewer.frame(0), 'its viewers').to.include({ type: 'error', reason: 'STORAGE_UNAVAILABLE' });
    expect(await viewer.closed(), 'and when to come back').to.equal(1013);
    const refused = await failureOf(book(client, { screeningId, buyerId: 'late', seatIds: ['D-6-1'] }));
    expect(refused).to.deep.include({ code: 'UNAVAILABLE', reason: 'STORAGE_UNAVAILABLE' });
    expect(refused.retryDelayMs).to.be.greaterThan(0);
    for (const unseen of [
      seatMap(client, 'zal-10-tonight'),
      call(client.screenings, client.screenings.listScreenings, { pageSize: 0, pageToken: '', upcoming: false }),
    ]) {
      expect(await failureOf(unseen), 'what is not in memory').to.deep.include({
        code: 'UNAVAILABLE',
        reason: 'STORAGE_UNAVAILABLE',
      });
    }
    expect(await watch(client, { screeningId: 'zal-10-late' }).failure()).to.deep.include({
      code: 'UNAVAILABLE',
      reason: 'STORAGE_UNAVAILABLE',
    });

    await restartPostgres();
    const answered = sale.acknowledged.size;
    await eventually('sales to go on', () => sale.acknowledged.size >= answered + 15);
    sale.finish();
    await sale.ended;
    await eventually(
      'the node to be ready',
      async () => (await readyz()) === 200 && (await servingStatus()) === ServingStatus.SERVING,
    );
    await toldStale(false);
    expect((await seatMap(client, screeningId)).seatMap?.stale).to.equal(false);
    expect((await page(screeningId)).body.stale).to.equal(false);
    watching.stop();

    for (const failure of sale.refusals) {
      expect(failure.code).to.equal('UNAVAILABLE');
      expect(failure.reason).to.be.oneOf(['STORAGE_UNAVAILABLE', 'OWNER_MOVING']);
      expect(failure.retryDelayMs).to.be.greaterThan(0);
    }
    expect(sale.refusals.map(({ reason }) => reason)).to.include('STORAGE_UNAVAILABLE');
    await audit(sale.acknowledged);
  });

  /** The tables have every acknowledged booking and nothing else. */
  async function audit(acknowledged: ReadonlyMap<string, string>): Promise<void> {
    const rows = await node.database.sql<{ seat_id: string; booking_id: string }>(
      'SELECT seat_id, booking_id FROM booked_seat WHERE screening_id = $1',
      [screeningId],
    );
    expect(new Map(rows.map((row) => [row.seat_id, row.booking_id]))).to.deep.equal(new Map(acknowledged));
    const bookings = await node.database.sql('SELECT 1 FROM booking WHERE screening_id = $1', [screeningId]);
    expect(bookings, 'one booking per request').to.have.length(acknowledged.size);
    const [gaps] = await node.database.sql<{ holes: string }>(
      'SELECT max(revision) - count(*) AS holes FROM screening_journal WHERE screening_id = $1',
      [screeningId],
    );
    expect(gaps?.holes).to.equal('0');
    expect((await seatMap(client, screeningId)).seatMap?.counts).to.deep.include({
      booked: acknowledged.size,
      held: 0,
    });
  }
});

interface Sale {
  /** Seat to booking. */
  readonly acknowledged: ReadonlyMap<string, string>;
  readonly refusals: readonly ApiFailure[];
  finish(): void;
  readonly ended: Promise<void>;
}

/** Lines of buyers who hold and confirm one seat after the other; whoever is refused repeats the same request. */
function startSale(client: BoxOfficeClient, screeningId: string): Sale {
  const acknowledged = new Map<string, string>();
  const refusals: ApiFailure[] = [];
  let finishing = false;
  const untilAnswered = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const failure = readFailure(error);
        refusals.push(failure);
        if (failure.code !== 'UNAVAILABLE') throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(50, failure.retryDelayMs ?? 0)));
      }
    }
  };
  const line = async (number: number): Promise<void> => {
    const zone = ['D', 'E', 'F', 'D'][number] ?? 'D';
    const rows = number < 3 ? [7, 8, 9, 10, 11, 12] : [13, 14];
    for (const row of rows) {
      for (let seat = 1; seat <= 10 && !finishing; seat += 1) {
        const seatId = `${zone}-${String(row)}-${String(seat)}`;
        const buyerId = `buyer of ${seatId}`;
        const [toHold, toConfirm] = [requestId(), requestId()];
        const held = await untilAnswered(() =>
          hold(client, { screeningId, buyerId, seatIds: [seatId], requestId: toHold }),
        );
        const confirmation = { screeningId, buyerId, holdToken: held.hold?.holdToken ?? '', requestId: toConfirm };
        const { booking } = await untilAnswered(() => confirm(client, confirmation));
        const again = await untilAnswered(() => confirm(client, confirmation));
        expect(again.booking?.bookingId, 'a repeat gives the same booking').to.equal(booking?.bookingId);
        acknowledged.set(seatId, booking?.bookingId ?? '');
      }
    }
  };
  const ended = Promise.all(Array.from({ length: LINES }, (_, number) => line(number))).then(() => undefined);
  return {
    acknowledged,
    refusals,
    finish: () => {
      finishing = true;
    },
    ended,
  };
}
