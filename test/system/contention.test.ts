import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { connectBoxOffice, readFailure, type ApiFailure, type BoxOfficeClient } from '../support/box-office-client.js';
import { confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { startNode, type TestNode } from '../support/node.js';

const CALLERS = 200;
/** Seats each caller goes for; together they go for every seat some fifty times. */
const ATTEMPTS = 30;

describe('200 callers fight for the same 110 seats', function () {
  this.timeout(60_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  before(async () => {
    node = await startNode();
    client = connectBoxOffice(node.grpcAddress);
  });
  after(async () => {
    client.close();
    await node.stop();
  });

  it('sells each seat once and names the taken seat to every loser', async () => {
    const screeningId = await createScreening(client, 'the-rush');
    const seats = await seatsOfZal10();
    expect(seats).to.have.length(110);
    const losses: { readonly seat: string; readonly failure: ApiFailure }[] = [];
    let sold = 0;
    // Each caller goes through the hall from a place of its own.
    const caller = async (number: number): Promise<void> => {
      for (let step = 0; step < ATTEMPTS; step += 1) {
        const seat = seats[(number * 37 + step * 7) % seats.length] ?? '';
        const buyerId = `buyer-${String(number)}-${String(step)}`;
        try {
          const { hold: taken } = await hold(client, { screeningId, buyerId, seatIds: [seat] });
          await confirm(client, { screeningId, buyerId, holdToken: taken?.holdToken ?? '' });
          sold += 1;
        } catch (error) {
          losses.push({ seat, failure: readFailure(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));

    expect(sold).to.equal(110);
    expect(losses).to.have.length(CALLERS * ATTEMPTS - 110);
    for (const { seat, failure } of losses) {
      expect(failure).to.deep.include({ code: 'FAILED_PRECONDITION', reason: 'SEAT_UNAVAILABLE' });
      expect(failure.seats[seat]).to.be.oneOf(['SEAT_HELD', 'SEAT_BOOKED']);
    }
    const map = await seatMap(client, screeningId);
    expect(map.seatMap?.counts).to.deep.equal({ free: 0, held: 0, booked: 110, blocked: 0 });
    const rows = await node.database.sql<{ seats: string; bookings: string }>(
      'SELECT count(DISTINCT seat_id) AS seats, count(DISTINCT booking_id) AS bookings FROM booked_seat WHERE screening_id = $1',
      [screeningId],
    );
    expect(rows[0]).to.deep.equal({ seats: '110', bookings: '110' });
  });
});

async function seatsOfZal10(): Promise<string[]> {
  const text = await readFile(new URL('../../src/demo/seating-plans/zal-10.json', import.meta.url), 'utf8');
  return [...text.matchAll(/"seat_guid": "([^"]+)"/g)].map(([, seatId]) => seatId ?? '');
}
