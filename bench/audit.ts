import pg from 'pg';
import { decodeTurn } from '../actors/screening/codec.js';

/** What the tables say of a screening after a run. */
export interface Audit {
  /** Seats that at some time had two owners at once. Must be 0. */
  readonly oversold: number;
  /** Seats held or booked at the end. */
  readonly taken: number;
  /** Tokens that were answered but are not in the journal. Must be 0. */
  readonly lost: number;
}

/**
 * Reads the journal from its first row, with a check of its own that shares nothing
 * with the domain but the codec: who has which seat after every event.
 * @param answered hold tokens by seat id S-<index>, as clients were given them
 */
export async function audit(
  postgresUrl: string,
  screeningId: string,
  answered: ReadonlyMap<string, string>,
): Promise<Audit> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ revision: string; events: Buffer }>(
      'SELECT revision, events FROM screening_journal WHERE screening_id = $1 ORDER BY revision',
      [screeningId],
    );
    rows.forEach(({ revision }, index) => {
      if (Number(revision) !== index + 1)
        throw new Error(`the journal of ${screeningId} has a gap before revision ${revision}`);
    });
    const result = follow(
      rows.map(({ events }) => events),
      answered,
    );
    // From the bookings' own lists: the key of booked_seat could not hold a double to be found.
    const doubles = await client.query(
      `SELECT 1 FROM booking, unnest(seat_ids) AS seat_id WHERE state = 'ACTIVE'
       GROUP BY screening_id, seat_id HAVING count(*) > 1`,
    );
    return { ...result, oversold: result.oversold + doubles.rows.length };
  } finally {
    await client.end();
  }
}

function follow(turns: readonly Uint8Array[], answered: ReadonlyMap<string, string>): Audit {
  const owners = new Map<number, string>();
  const seatsOf = new Map<string, readonly number[]>();
  let oversold = 0;
  const take = (owner: string, seats: readonly number[]): void => {
    for (const seat of seats) {
      if (owners.has(seat)) oversold += 1;
      owners.set(seat, owner);
    }
    seatsOf.set(owner, seats);
  };
  const give = (seats: readonly number[]): void => {
    for (const seat of seats) owners.delete(seat);
  };
  for (const turn of turns) {
    for (const event of decodeTurn(turn).events) {
      switch (event.kind) {
        case 'seats-held':
          take(event.holdToken, event.seats);
          break;
        case 'seats-booked':
          take(event.bookingId, event.seats);
          break;
        case 'hold-confirmed':
          give(event.seats);
          take(event.bookingId, event.seats);
          break;
        case 'hold-released':
        case 'hold-expired':
        case 'booking-cancelled':
          give(event.seats);
          break;
        case 'hold-extended':
        case 'screening-created':
        case 'screening-updated':
        case 'screening-cancelled':
      }
    }
  }
  let lost = 0;
  for (const [seatId, token] of answered) {
    if (seatsOf.get(token)?.includes(Number(seatId.slice('S-'.length))) !== true) lost += 1;
  }
  return { oversold, taken: owners.size, lost };
}
