/** Snapshots: the whole state of a screening as bytes; see codec.ts for events. */
import {
  Snapshot,
  type BookingRecord,
  type EndedRecord,
  type HoldRecord,
  RequestRecord,
} from '../../proto/gen/cinema/journal/v1/screening_journal.js';
import { JOURNAL_FORMAT, originOf, termsOf, UnreadableJournal } from './codec.js';
import type { Ending, Ended } from './ended-log.js';
import type { EventPosition, Origin } from './events.js';
import { Hold, type Booking } from './occupancy.js';
import type { AnsweredRequest, RequestOutcome } from './request-log.js';
import type { SeatLayout } from './seat-layout.js';
import { SeatState } from './seat-state.js';
import { countBuyer, initialState, type ScreeningState } from './state.js';

/** Records of one part: about a millisecond's work, which is how long nobody else is served. */
const RECORDS_PER_PART = 500;

/**
 * The state as it is at the call, in parts that make a snapshot when put together. Same
 * state, same bytes: every collection is written in its own order. The parts are made one
 * by one, as they are asked for, and the state may change meanwhile: what they are
 * made from is never changed, only replaced. A hall of 200,000 holds takes half a second
 * to write, and its buyers must not wait for that.
 */
export function encodeSnapshot(state: ScreeningState): Iterable<Uint8Array> {
  const blockedSeats: number[] = [];
  state.seats.forEach((value, seat) => {
    if (value === SeatState.Blocked) blockedSeats.push(seat);
  });
  const { revision, timeMs, terms, cancelled, createTimeMs } = state;
  const { capacity } = state.layout;
  const first = { format: JOURNAL_FORMAT, revision, timeMs, terms, cancelled, capacity, blockedSeats };
  const holds = [...state.holds.values()];
  const bookings = [...state.bookings.values()];
  const requests = [...state.requests.values()];
  const ended = [...state.ended.values()];
  return partsOf(function* () {
    const kept = new Set<Hold>();
    yield first;
    for (const some of portions(holds)) {
      for (const hold of some) kept.add(hold);
      yield { holds: some.map(holdRecord) };
    }
    for (const some of portions(bookings)) yield { bookings: some.map(bookingRecord) };
    for (const some of portions(requests)) yield { requests: some.map((request) => requestRecord(request, kept)) };
    for (const some of portions(ended)) yield { ended: some.map(endedRecord) };
    yield { createTimeMs };
  });
}

/** Protobuf messages one after the other are one message: lists grow, and what is absent says nothing. */
function* partsOf(messages: () => Iterable<Partial<Snapshot>>): Iterable<Uint8Array> {
  for (const message of messages()) yield Snapshot.encode({ ...NOTHING, ...message }).finish();
}

const NOTHING = Snapshot.fromPartial({});

function* portions<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let from = 0; from < items.length; from += RECORDS_PER_PART) yield items.slice(from, from + RECORDS_PER_PART);
}

/**
 * @param seed of the state's TextMaps
 * @throws UnreadableJournal when the bytes are not a snapshot of a screening with this layout.
 */
export function decodeSnapshot(layout: SeatLayout, bytes: Uint8Array, seed: number): ScreeningState {
  const snapshot = readSnapshot(bytes);
  if (snapshot.format !== JOURNAL_FORMAT)
    throw new UnreadableJournal(`snapshot format ${String(snapshot.format)} is not ${String(JOURNAL_FORMAT)}`);
  if (snapshot.capacity !== layout.capacity) throw new UnreadableJournal('snapshot of another layout');
  const state = initialState(layout, seed);
  state.revision = snapshot.revision;
  state.timeMs = snapshot.timeMs;
  state.createTimeMs = snapshot.createTimeMs;
  state.terms = snapshot.terms;
  state.cancelled = snapshot.cancelled;
  for (const seat of snapshot.blockedSeats) occupy(state, seat, SeatState.Blocked, undefined);
  let at: EventPosition | undefined;
  for (const record of snapshot.holds) {
    // Those of one turn follow each other, here and among the requests.
    at = position(record.revision, record.createTimeMs, at);
    const hold = holdOf(record, record.origin ?? UNKNOWN_ORIGIN, at);
    state.holds.set(hold.holdToken, hold);
    state.expiries.add(hold);
    for (const seat of hold.seats) occupy(state, seat, SeatState.Held, hold.holdToken);
    countBuyer(state, hold.buyerId, hold.seats.length);
  }
  for (const record of snapshot.bookings) {
    state.bookings.set(record.bookingId, record);
    for (const seat of record.seats) occupy(state, seat, SeatState.Booked, record.bookingId);
    countBuyer(state, record.buyerId, record.seats.length);
  }
  for (const record of snapshot.requests) {
    at = position(record.revision, record.timeMs, at);
    state.requests.add(requestOf(state, record, at));
  }
  for (const record of snapshot.ended) state.ended.add(endedOf(record));
  return state;
}

function readSnapshot(bytes: Uint8Array): Snapshot {
  try {
    return Snapshot.decode(bytes);
  } catch (error) {
    throw new UnreadableJournal('not a snapshot', { cause: error });
  }
}

function occupy(state: ScreeningState, seat: number, to: SeatState, occupant: string | undefined): void {
  if (state.seats[seat] !== SeatState.Free) throw new UnreadableJournal(`snapshot gives seat ${String(seat)} twice`);
  state.seats[seat] = to;
  state.occupants[seat] = occupant;
  state.counts.free -= 1;
  if (to === SeatState.Held) state.counts.held += 1;
  if (to === SeatState.Booked) state.counts.booked += 1;
  if (to === SeatState.Blocked) state.counts.blocked += 1;
}

function holdRecord(hold: Hold): HoldRecord {
  const { holdToken, buyerId, seats, createTimeMs, expireTimeMs, maxExpireTimeMs } = hold;
  const times = { createTimeMs, expireTimeMs, maxExpireTimeMs, revision: hold.at.revision };
  return { holdToken, buyerId, seats: [...seats], origin: originRecord(hold), ...times };
}

/** Of a hold in an old snapshot: only its request's entry names it there. */
const UNKNOWN_ORIGIN: Origin = { requestId: '', fingerprintHigh: 0, fingerprintLow: 0 };

function holdOf(record: HoldRecord, origin: Origin, at: EventPosition): Hold {
  const { holdToken, buyerId, seats, createTimeMs, expireTimeMs, maxExpireTimeMs } = record;
  const [lastsMs, lastsAtMostMs] = [expireTimeMs - createTimeMs, maxExpireTimeMs - createTimeMs];
  return new Hold(holdToken, buyerId, seats, origin, at, lastsMs, lastsAtMostMs);
}

/** The last one again, if it is the same. */
function position(revision: number, timeMs: number, last?: EventPosition): EventPosition {
  return last?.revision === revision && last.timeMs === timeMs ? last : { revision, timeMs };
}

function originRecord({ requestId, fingerprintHigh, fingerprintLow }: Origin): Origin {
  return { requestId, fingerprintHigh, fingerprintLow };
}

function bookingRecord(booking: Booking): BookingRecord {
  return { ...booking, seats: [...booking.seats] };
}

/** @param kept the holds that the snapshot has already */
function requestRecord(request: AnsweredRequest, kept: ReadonlySet<Hold>): RequestRecord {
  const { outcome } = request;
  if (outcome.kind === 'held' && kept.has(outcome.hold))
    return { ...NO_REQUEST, answer: { $case: 'heldAsKept', value: outcome.hold.holdToken } };
  return {
    buyerId: request.buyerId,
    origin: originRecord(request),
    timeMs: request.at.timeMs,
    revision: request.at.revision,
    answer: answerRecord(outcome),
  };
}

const NO_REQUEST = RequestRecord.fromPartial({});

function answerRecord(outcome: RequestOutcome): RequestRecord['answer'] {
  switch (outcome.kind) {
    case 'held':
    case 'extended':
      return { $case: outcome.kind, value: holdRecord(outcome.hold) };
    case 'released':
      return {
        $case: 'released',
        value: {
          hold: outcome.hold === undefined ? undefined : holdRecord(outcome.hold),
          released: [...outcome.released],
        },
      };
    case 'booked':
      return { $case: 'booked', value: bookingRecord(outcome.booking) };
    case 'booking-cancelled':
      return {
        $case: 'bookingCancelled',
        value: { booking: bookingRecord(outcome.booking), cancelled: [...outcome.cancelled] },
      };
    case 'screening-updated':
      return { $case: 'screeningUpdated', value: outcome.terms };
    case 'screening-cancelled':
      return { $case: 'screeningCancelled', value: outcome.terms };
  }
}

function requestOf(state: ScreeningState, record: RequestRecord, at: EventPosition): AnsweredRequest {
  const { answer, buyerId } = record;
  if (answer?.$case === 'heldAsKept') {
    const hold = state.holds.get(answer.value);
    if (hold === undefined) throw new UnreadableJournal('an answer with a hold that was not kept');
    return hold;
  }
  const origin = originOf(record.origin);
  if (answer?.$case === 'held') return shared(state, { ...answer.value, origin, revision: at.revision });
  const { requestId, fingerprintHigh, fingerprintLow } = origin;
  return { buyerId, requestId, fingerprintHigh, fingerprintLow, at, outcome: outcomeOf(state, answer) };
}

type Answer = Exclude<RequestRecord['answer'], { readonly $case: 'held' | 'heldAsKept' }>;

function outcomeOf(state: ScreeningState, answer: Answer): RequestOutcome {
  switch (answer?.$case) {
    case 'extended':
      return { kind: 'extended', hold: shared(state, answer.value) };
    case 'released': {
      const { hold, released } = answer.value;
      return { kind: 'released', hold: hold === undefined ? undefined : shared(state, hold), released };
    }
    case 'booked':
      return { kind: 'booked', booking: sharedBooking(state, answer.value) };
    case 'bookingCancelled': {
      const { booking, cancelled } = answer.value;
      if (booking === undefined) throw new UnreadableJournal('a cancellation without its booking');
      return { kind: 'booking-cancelled', booking: sharedBooking(state, booking), cancelled };
    }
    case 'screeningUpdated':
      return { kind: 'screening-updated', terms: termsOf(answer.value) };
    case 'screeningCancelled':
      return { kind: 'screening-cancelled', terms: termsOf(answer.value) };
    case undefined:
      throw new UnreadableJournal('an answer of a kind this program does not know');
  }
}

/** The live record itself where the answer still describes it, to hold it in memory once. */
function shared(state: ScreeningState, record: HoldRecord): Hold {
  const live = state.holds.get(record.holdToken);
  const origin = record.origin ?? UNKNOWN_ORIGIN;
  return live?.expireTimeMs === record.expireTimeMs &&
    live.seats.length === record.seats.length &&
    live.requestId === origin.requestId
    ? live
    : holdOf(record, origin, position(record.revision, record.createTimeMs));
}

function sharedBooking(state: ScreeningState, record: BookingRecord): Booking {
  const live = state.bookings.get(record.bookingId);
  return live?.seats.length === record.seats.length ? live : record;
}

const endings = { 1: 'expired', 2: 'released', 3: 'confirmed', 4: 'cancelled' } as const satisfies Record<
  number,
  Ending
>;
const endingNumbers = { expired: 1, released: 2, confirmed: 3, cancelled: 4 } as const satisfies Record<Ending, number>;

function endedRecord(ended: Ended): EndedRecord {
  return { ...ended, seats: [...ended.seats], how: endingNumbers[ended.how] };
}

function endedOf(record: EndedRecord): Ended {
  const { how } = record;
  if (how !== 1 && how !== 2 && how !== 3 && how !== 4) throw new UnreadableJournal(`unknown ending ${String(how)}`);
  return { ...record, how: endings[how] };
}
