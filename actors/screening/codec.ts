/**
 * Journal rows as bytes (cinema.journal.v1). This file and snapshot-codec.ts alone of the
 * domain know the generated code. Readers refuse a format they do not know rather than
 * guess at what a seat's state was.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Event } from '../../proto/gen/cinema/journal/v1/screening_journal.js';
import {
  Turn,
  type Origin as OriginMessage,
  type Terms as TermsMessage,
} from '../../proto/gen/cinema/journal/v1/screening_journal.js';
import type { Origin, ScreeningEvent } from './events.js';
import type { Terms } from './projection.js';

/** Version of both formats; raise it when old bytes would be read wrongly. */
export const JOURNAL_FORMAT = 1;

/** Bytes of the journal that this program cannot read: corrupt, or written by a newer one. */
export class UnreadableJournal extends Error {
  override readonly name = 'UnreadableJournal';
}

/** Kept from turn to turn with the buffer it has grown: a new one for each is a tenth of a turn's cost. */
let writer = new BinaryWriter();

/** The events of one turn as one journal row. */
export function encodeTurn(timeMs: number, events: readonly ScreeningEvent[]): Uint8Array {
  const turn = { format: JOURNAL_FORMAT, timeMs, events: events.map(eventMessage), eventCount: events.length };
  try {
    return Turn.encode(turn, writer).finish();
  } catch (error) {
    // What was written of the turn is still in it.
    writer = new BinaryWriter();
    throw error;
  }
}

/** @throws UnreadableJournal */
export function decodeTurn(bytes: Uint8Array): { readonly timeMs: number; readonly events: readonly ScreeningEvent[] } {
  const turn = readTurn(bytes);
  if (turn.format !== JOURNAL_FORMAT)
    throw new UnreadableJournal(`journal format ${String(turn.format)} is not ${String(JOURNAL_FORMAT)}`);
  if (turn.eventCount !== turn.events.length) throw new UnreadableJournal('a turn is not whole');
  return { timeMs: turn.timeMs, events: turn.events.map(eventOf) };
}

function readTurn(bytes: Uint8Array): Turn {
  try {
    return Turn.decode(bytes);
  } catch (error) {
    throw new UnreadableJournal('journal row is not a turn', { cause: error });
  }
}

function eventMessage(event: ScreeningEvent): Event {
  switch (event.kind) {
    case 'screening-created':
      return {
        event: { $case: 'screeningCreated', value: { terms: event.terms, blockedSeats: [...event.blockedSeats] } },
      };
    case 'screening-updated':
      return { event: { $case: 'screeningUpdated', value: { origin: event.origin, terms: event.terms } } };
    case 'screening-cancelled':
      return { event: { $case: 'screeningCancelled', value: { origin: event.origin } } };
    case 'seats-held':
      return {
        event: {
          $case: 'seatsHeld',
          value: {
            origin: event.origin,
            holdToken: event.holdToken,
            buyerId: event.buyerId,
            seats: [...event.seats],
            expireAfterMs: event.expireAfterMs,
            maxExpireAfterMs: event.maxExpireAfterMs,
          },
        },
      };
    case 'hold-extended':
      return {
        event: {
          $case: 'holdExtended',
          value: { origin: event.origin, holdToken: event.holdToken, expireAfterMs: event.expireAfterMs },
        },
      };
    case 'hold-released':
      return {
        event: {
          $case: 'holdReleased',
          value: {
            origin: event.origin,
            holdToken: event.holdToken,
            seats: [...event.seats],
          },
        },
      };
    case 'hold-expired':
      return { event: { $case: 'holdExpired', value: { holdToken: event.holdToken, seats: [...event.seats] } } };
    case 'hold-confirmed':
      return {
        event: {
          $case: 'holdConfirmed',
          value: {
            origin: event.origin,
            holdToken: event.holdToken,
            bookingId: event.bookingId,
            seats: [...event.seats],
          },
        },
      };
    case 'seats-booked':
      return {
        event: {
          $case: 'seatsBooked',
          value: {
            origin: event.origin,
            bookingId: event.bookingId,
            buyerId: event.buyerId,
            seats: [...event.seats],
          },
        },
      };
    case 'booking-cancelled':
      return {
        event: {
          $case: 'bookingCancelled',
          value: { origin: event.origin, bookingId: event.bookingId, seats: [...event.seats] },
        },
      };
  }
}

function eventOf({ event }: Event): ScreeningEvent {
  switch (event?.$case) {
    case 'screeningCreated':
      return { kind: 'screening-created', terms: termsOf(event.value.terms), blockedSeats: event.value.blockedSeats };
    case 'screeningUpdated':
      return { kind: 'screening-updated', origin: originOf(event.value.origin), terms: termsOf(event.value.terms) };
    case 'screeningCancelled':
      return { kind: 'screening-cancelled', origin: originOf(event.value.origin) };
    case 'seatsHeld': {
      const { origin, ...held } = event.value;
      return { kind: 'seats-held', origin: originOf(origin), ...held };
    }
    case 'holdExtended': {
      const { origin, ...extended } = event.value;
      return { kind: 'hold-extended', origin: originOf(origin), ...extended };
    }
    case 'holdReleased': {
      const { origin, ...released } = event.value;
      return { kind: 'hold-released', origin: origin === undefined ? undefined : originOf(origin), ...released };
    }
    case 'holdExpired':
      return { kind: 'hold-expired', ...event.value };
    case 'holdConfirmed': {
      const { origin, ...confirmed } = event.value;
      return { kind: 'hold-confirmed', origin: originOf(origin), ...confirmed };
    }
    case 'seatsBooked': {
      const { origin, ...booked } = event.value;
      return { kind: 'seats-booked', origin: originOf(origin), ...booked };
    }
    case 'bookingCancelled': {
      const { origin, ...cancelled } = event.value;
      return { kind: 'booking-cancelled', origin: originOf(origin), ...cancelled };
    }
    case undefined:
      throw new UnreadableJournal('an event of a kind this program does not know');
  }
}

export function originOf(message: OriginMessage | undefined): Origin {
  if (message === undefined) throw new UnreadableJournal('an event without its origin');
  return message;
}

export function termsOf(message: TermsMessage | undefined): Terms {
  if (message === undefined) throw new UnreadableJournal('a screening without terms');
  return message;
}
