import { gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { readSeatingPlan } from '../../actors/auditorium/seating-plan-text.js';
import { decodeTurn } from '../../actors/screening/codec.js';
import type { ScreeningEvent } from '../../actors/screening/events.js';

/** What the journal says a request did. */
export interface Deed {
  readonly revision: number;
  /** The hold token or booking id it is about. */
  readonly id: string;
  readonly seatIds: readonly string[];
}

/** A screening as its journal tells it, row by row, followed with nothing of the domain but the codec. */
export interface Journal {
  readonly screeningId: string;
  readonly lastRevision: number;
  /** Seats that are not free at a revision, as `seat state` in order, joined. Undefined for one that is not in the journal. */
  takenAt(revision: number): string | undefined;
  /** Epoch of the row. */
  epochAt(revision: number): number | undefined;
  readonly deeds: ReadonlyMap<string, readonly Deed[]>;
  /** Who has which seat at the end. */
  readonly holders: ReadonlyMap<string, { readonly state: 'HELD' | 'BOOKED'; readonly id: string }>;
  /** What no journal may say. */
  readonly problems: readonly string[];
}

/** Every journal of the database, by screening. */
export async function readJournals(client: pg.Client): Promise<ReadonlyMap<string, Journal>> {
  const { rows: plans } = await client.query<{ screening_id: string; seating_plan: Buffer }>(
    'SELECT screening_id, seating_plan FROM screening JOIN auditorium USING (auditorium_id)',
  );
  const journals = new Map<string, Journal>();
  for (const { screening_id: screeningId, seating_plan: plan } of plans) {
    const seatIds = readSeatingPlan(gunzipSync(plan).toString()).seats.map(({ seatId }) => seatId);
    const { rows } = await client.query<{ revision: number; epoch: number; events: Buffer }>(
      `SELECT revision::float8 AS revision, epoch::float8 AS epoch, events
       FROM screening_journal WHERE screening_id = $1 ORDER BY revision`,
      [screeningId],
    );
    journals.set(screeningId, follow(screeningId, seatIds, rows));
  }
  return journals;
}

interface Row {
  readonly revision: number;
  readonly epoch: number;
  readonly events: Uint8Array;
}

function follow(screeningId: string, seatIds: readonly string[], rows: readonly Row[]): Journal {
  const problems: string[] = [];
  const holders = new Map<string, { state: 'HELD' | 'BOOKED'; id: string }>();
  const blocked = new Set<string>();
  const deeds = new Map<string, Deed[]>();
  const taken: string[] = [];
  const named = (seats: readonly number[]): string[] => seats.map((seat) => seatIds[seat] ?? `seat ${String(seat)}`);
  rows.forEach(({ revision, events }, index) => {
    const wrong = (what: string): void => void problems.push(`${screeningId} r${String(revision)}: ${what}`);
    if (revision !== index + 1) wrong(`comes after r${String(index)}`);
    for (const event of decodeTurn(events).events) {
      const seats = 'seats' in event ? named(event.seats) : [];
      if (event.kind === 'screening-created') for (const seat of named(event.blockedSeats)) blocked.add(seat);
      const from = giverOf(event);
      const to = takerOf(event);
      for (const seat of seats) {
        const holder = holders.get(seat);
        if (blocked.has(seat)) wrong(`${event.kind} of ${seat}, which is blocked`);
        if (holder?.id !== from)
          wrong(`${event.kind} of ${seat} from ${String(from)}, but ${String(holder?.id)} has it`);
        if (to === undefined) holders.delete(seat);
        else holders.set(seat, to);
      }
      if (!('origin' in event) || event.origin === undefined) continue;
      const { requestId } = event.origin;
      const id = to?.id ?? from ?? ('holdToken' in event ? event.holdToken : '');
      deeds.set(requestId, [...(deeds.get(requestId) ?? []), { revision, id, seatIds: seats }]);
    }
    taken.push(takenText([...[...holders].map(([seat, { state }]) => [seat, state] as const), ...withState(blocked)]));
  });
  return {
    screeningId,
    lastRevision: rows.length,
    takenAt: (revision) => taken[revision - 1],
    epochAt: (revision) => rows[revision - 1]?.epoch,
    deeds,
    holders,
    problems,
  };
}

/** The same text for the same seats in the same states. */
export function takenText(seats: Iterable<readonly [seatId: string, state: string]>): string {
  return [...seats]
    .map(([seatId, state]) => `${seatId} ${state}`)
    .sort()
    .join(', ');
}

function withState(blocked: ReadonlySet<string>): readonly (readonly [string, string])[] {
  return [...blocked].map((seat) => [seat, 'BLOCKED']);
}

/** Who has the event's seats before it; undefined: nobody. */
function giverOf(event: ScreeningEvent): string | undefined {
  switch (event.kind) {
    case 'hold-confirmed':
    case 'hold-released':
    case 'hold-expired':
      return event.holdToken;
    case 'booking-cancelled':
      return event.bookingId;
    default:
      return undefined;
  }
}

function takerOf(event: ScreeningEvent): { readonly state: 'HELD' | 'BOOKED'; readonly id: string } | undefined {
  switch (event.kind) {
    case 'seats-held':
      return { state: 'HELD', id: event.holdToken };
    case 'hold-confirmed':
    case 'seats-booked':
      return { state: 'BOOKED', id: event.bookingId };
    default:
      return undefined;
  }
}
