import { expect } from 'chai';
import { connectBoxOffice, requestId, type BoxOfficeClient } from '../support/box-office-client.js';
import { confirm, createScreening, hold } from '../support/journey.js';
import { spawnNode, type NodeProcess } from '../support/node.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

const ROUNDS = 12;

interface Attempt {
  readonly seat: string;
  readonly buyerId: string;
  readonly requestId: string;
  readonly holdToken: string;
}

describe('kill -9 while bookings are being confirmed', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let node: NodeProcess;
  let client: BoxOfficeClient;
  before(async () => {
    database = await freshDatabase();
    node = await spawnNode(database.url);
    client = connectBoxOffice(node.grpcAddress);
  });
  after(async () => {
    client.close();
    await node.dispose();
    await database.drop();
  });

  it(`loses no acknowledged booking and makes no second one, ${String(ROUNDS)} times`, async () => {
    const acknowledged = new Map<string, string>();
    const killMoments = Array.from({ length: ROUNDS }, () => 20 + Math.random() * 200);
    let repeated = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const screeningId = await createScreening(client, `crash-${String(round)}`, { auditoriumId: 'riethsporthalle' });
      const seats = seatIds(round);
      const inDoubt = await sellUntilKilled(node, client, screeningId, seats, acknowledged, killMoments[round] ?? 20);
      await node.restart();
      await client.connected();
      for (const attempt of inDoubt) {
        const again = await eventuallyAnswered(() =>
          confirm(client, {
            screeningId,
            buyerId: attempt.buyerId,
            holdToken: attempt.holdToken,
            requestId: attempt.requestId,
          }),
        );
        acknowledged.set(`${screeningId}/${attempt.seat}`, again.booking?.bookingId ?? '');
        const once = await confirm(client, {
          screeningId,
          buyerId: attempt.buyerId,
          holdToken: attempt.holdToken,
          requestId: attempt.requestId,
        });
        expect(once.booking?.bookingId, 'a repeat gives the same booking').to.equal(again.booking?.bookingId);
        repeated += 1;
      }
    }
    expect(acknowledged.size).to.be.greaterThan(ROUNDS);
    expect(repeated, 'confirmations nobody heard of').to.be.greaterThan(0);
    await auditAgainst(database, acknowledged);
  });
});

/** Sells seat after seat on several lines at once; kills the node in the middle. Answers the confirmations nobody heard of. */
async function sellUntilKilled(
  node: NodeProcess,
  client: BoxOfficeClient,
  screeningId: string,
  seats: readonly string[],
  acknowledged: Map<string, string>,
  killAfterMs: number,
): Promise<readonly Attempt[]> {
  const inDoubt: Attempt[] = [];
  const queue = [...seats];
  let killed = false;
  const line = async (number: number): Promise<void> => {
    while (!killed) {
      const seat = queue.shift();
      if (seat === undefined) return;
      const buyerId = `buyer-${String(number)}-${seat}`;
      let holdToken: string;
      try {
        holdToken = (await hold(client, { screeningId, buyerId, seatIds: [seat] })).hold?.holdToken ?? '';
      } catch {
        continue; // in doubt, but nothing was promised: the hold will expire
      }
      const attempt = { seat, buyerId, requestId: requestId(), holdToken };
      try {
        const { booking } = await confirm(client, { screeningId, ...attempt });
        acknowledged.set(`${screeningId}/${seat}`, booking?.bookingId ?? '');
      } catch {
        inDoubt.push(attempt);
      }
    }
  };
  const lines = Array.from({ length: 8 }, (_, number) => line(number));
  await new Promise((resolve) => setTimeout(resolve, killAfterMs));
  await node.kill('SIGKILL');
  killed = true;
  await Promise.all(lines);
  return inDoubt;
}

/** The tables have every acknowledged booking, whole, and no seat beside them but whole bookings. */
async function auditAgainst(database: TestDatabase, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  const rows = await database.sql<{ seat: string; booking_id: string }>(
    "SELECT screening_id || '/' || seat_id AS seat, booking_id FROM booked_seat",
  );
  const stored = new Map(rows.map(({ seat, booking_id }) => [seat, booking_id]));
  for (const [seat, bookingId] of acknowledged) expect(stored.get(seat), `booking of ${seat}`).to.equal(bookingId);
  expect(stored.size, 'every stored booking is one a caller can account for').to.equal(acknowledged.size);
  const halves = await database.sql<{ booking_id: string }>(
    `SELECT b.booking_id FROM booking b
      WHERE b.state = 'ACTIVE'
        AND cardinality(b.seat_ids) <> (SELECT count(*) FROM booked_seat s WHERE s.booking_id = b.booking_id)`,
  );
  expect(halves, 'bookings that are half there').to.deep.equal([]);
  const gaps = await database.sql<{ screening_id: string }>(
    'SELECT screening_id FROM screening_journal GROUP BY screening_id HAVING max(revision) - min(revision) + 1 <> count(*)',
  );
  expect(gaps, 'journals with a gap').to.deep.equal([]);
}

async function eventuallyAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

function seatIds(round: number): string[] {
  const zone = ['D', 'E', 'F'][round % 3] ?? 'D';
  return Array.from({ length: 9 }, (_, row) => row + 6).flatMap((row) =>
    Array.from({ length: 10 }, (_, seat) => `${zone}-${String(row)}-${String(seat + 1)}`),
  );
}
