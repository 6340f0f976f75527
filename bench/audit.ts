import type pg from 'pg';
import { decodeTurn } from '../actors/screening/codec.js';
import type { ScreeningEvent } from '../actors/screening/events.js';
import type { HoldTokens } from './load/hold-tokens.js';
import { openPostgresClient } from './postgres.js';

/** What the tables say of a screening after a run. */
export interface Audit {
  /** Times that a seat was taken while another had it, or was given back or confirmed by who did not have it. Must be 0. */
  readonly oversold: number;
  /** Seats held or booked at the end. */
  readonly taken: number;
  /** What was promised and is not in the journal. Must be 0. */
  readonly lost: number;
}

/** What clients were told of a screening. */
export interface Promises {
  /** Holds (by their token) and bookings (by their id) that were answered OK, with their seat's index. */
  readonly given: readonly { readonly owner: string; readonly seat: number }[];
  /** Of the bookings those that nobody gave back: they must be there at the end. */
  readonly kept: readonly { readonly owner: string; readonly seat: number }[];
}

/**
 * Reads the journal from its first row, with a check of its own that shares nothing
 * with the domain but the codec: who has which seat after every event.
 * @param answered as clients were given them
 */
export async function audit(postgresUrl: string, screeningId: string, answered: HoldTokens): Promise<Audit> {
  const given = [...answered].map(([seat, owner]) => ({ owner, seat }));
  return auditAll(postgresUrl, new Map([[screeningId, { given, kept: [] }]]));
}

/** Screenings whose journals are in memory at once. */
const SCREENINGS_PER_READ = 200;

/** The same of many screenings, and of the tables beside the journal. @throws when a journal has a gap */
export async function auditAll(postgresUrl: string, promises: ReadonlyMap<string, Promises>): Promise<Audit> {
  const client = await openPostgresClient(postgresUrl);
  try {
    const sum = { oversold: 0, taken: 0, lost: 0 };
    const ids = [...promises.keys()];
    for (let from = 0; from < ids.length; from += SCREENINGS_PER_READ) {
      const journals = await readJournals(client, ids.slice(from, from + SCREENINGS_PER_READ));
      for (const [screeningId, turns] of journals) {
        const found = auditJournal(turns, promises.get(screeningId) ?? { given: [], kept: [] });
        sum.oversold += found.oversold;
        sum.taken += found.taken;
        sum.lost += found.lost;
      }
    }
    sum.oversold += await countRows(client, DOUBLE_SALES);
    sum.lost += await countRows(client, BOOKINGS_NOT_WHOLE);
    return sum;
  } finally {
    await client.end();
  }
}

/** From the bookings' own lists: the key of booked_seat could not hold a double to be found. */
const DOUBLE_SALES = `
  SELECT 1 FROM booking, unnest(seat_ids) AS seat_id WHERE state = 'ACTIVE'
   GROUP BY screening_id, seat_id HAVING count(*) > 1`;

const BOOKINGS_NOT_WHOLE = `
  SELECT 1 FROM booking b
    LEFT JOIN (SELECT booking_id, count(*) AS seats FROM booked_seat GROUP BY booking_id) s USING (booking_id)
   WHERE b.state = 'ACTIVE' AND cardinality(b.seat_ids) <> coalesce(s.seats, 0)`;

async function countRows(client: pg.Client, query: string): Promise<number> {
  return (await client.query(query)).rows.length;
}

/** The turns of each screening, oldest first; of one without a journal, none. */
async function readJournals(client: pg.Client, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array[]>> {
  const { rows } = await client.query<{ screening_id: string; revision: string; events: Buffer }>(
    'SELECT screening_id, revision, events FROM screening_journal WHERE screening_id = ANY($1) ORDER BY screening_id, revision',
    [ids],
  );
  const journals = new Map(ids.map((id) => [id, new Array<Uint8Array>()]));
  for (const { screening_id: screeningId, revision, events } of rows) {
    const turns = journals.get(screeningId) ?? [];
    if (Number(revision) !== turns.length + 1)
      throw new Error(`the journal of ${screeningId} has a gap before revision ${revision}`);
    turns.push(events);
  }
  return journals;
}

/** Follows one journal. */
export function auditJournal(turns: readonly Uint8Array[], { given, kept }: Promises): Audit {
  const owners = new Map<number, string>();
  const seatsOf = new Map<string, readonly number[]>();
  let oversold = 0;
  const follow = (event: ScreeningEvent): void => {
    const [from, to] = [giverOf(event), takerOf(event)];
    const seats = 'seats' in event ? event.seats : [];
    for (const seat of seats) {
      if (owners.get(seat) !== from) oversold += 1;
      if (to === undefined) owners.delete(seat);
      else owners.set(seat, to);
    }
    if (to !== undefined) seatsOf.set(to, seats);
  };
  for (const turn of turns) decodeTurn(turn).events.forEach(follow);
  const lost = given.filter(({ owner, seat }) => seatsOf.get(owner)?.includes(seat) !== true).length;
  const gone = kept.filter(({ owner, seat }) => seatsOf.has(owner) && owners.get(seat) !== owner).length;
  return { oversold, taken: owners.size, lost: lost + gone };
}

/** Who must have the event's seats before it; undefined: nobody may. */
function giverOf(event: ScreeningEvent): string | undefined {
  switch (event.kind) {
    case 'hold-confirmed':
    case 'hold-released':
    case 'hold-expired':
      return event.holdToken;
    case 'booking-cancelled':
      return event.bookingId;
    case 'seats-held':
    case 'seats-booked':
    case 'hold-extended':
    case 'screening-created':
    case 'screening-updated':
    case 'screening-cancelled':
      return undefined;
  }
}

/** Who has them after it; undefined: nobody. */
function takerOf(event: ScreeningEvent): string | undefined {
  switch (event.kind) {
    case 'seats-held':
      return event.holdToken;
    case 'hold-confirmed':
    case 'seats-booked':
      return event.bookingId;
    case 'hold-released':
    case 'hold-expired':
    case 'booking-cancelled':
    case 'hold-extended':
    case 'screening-created':
    case 'screening-updated':
    case 'screening-cancelled':
      return undefined;
  }
}
