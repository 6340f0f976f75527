import type { BookingMessage, HoldMessage } from './messages.js';

/** What a client asks of a screening. */
export interface Asked {
  readonly screeningId: string;
  readonly buyerId: string;
  readonly what: Question;
}

export type Question = Mutation | Read;

/** Has an effect; asked again with the same `requestId` it is the same question. */
export type Mutation = { readonly requestId: string } & (
  | { readonly kind: 'hold'; readonly seatIds: readonly string[]; readonly ttlMs: number }
  | { readonly kind: 'extend'; readonly holdToken: string; readonly ttlMs: number }
  | { readonly kind: 'release'; readonly holdToken: string; readonly seatIds: readonly string[] }
  | { readonly kind: 'confirm'; readonly holdToken: string }
  | { readonly kind: 'book'; readonly seatIds: readonly string[] }
  | { readonly kind: 'cancel-booking'; readonly bookingId: string; readonly seatIds: readonly string[] }
);

export type Read =
  | { readonly kind: 'get-hold'; readonly holdToken: string }
  | { readonly kind: 'get-booking'; readonly bookingId: string }
  | { readonly kind: 'seat-map' }
  /** All of the buyer's bookings, of every screening. */
  | { readonly kind: 'list-bookings' };

/** What the API answered. */
export type Answer =
  | { readonly kind: 'hold'; readonly hold: HoldMessage; readonly revision: number | undefined }
  | {
      readonly kind: 'released';
      readonly hold: HoldMessage | undefined;
      readonly seatIds: readonly string[];
      readonly revision: number;
    }
  | { readonly kind: 'booking'; readonly booking: BookingMessage; readonly revision: number | undefined }
  | {
      readonly kind: 'booking-cancelled';
      readonly booking: BookingMessage;
      readonly seatIds: readonly string[];
      readonly revision: number;
    }
  | { readonly kind: 'seat-map'; readonly epoch: number; readonly revision: number; readonly states: Uint8Array }
  | {
      readonly kind: 'bookings';
      readonly bookings: readonly { readonly screeningId: string; readonly booking: BookingMessage }[];
    }
  | Refused
  /** The system could not answer: nothing was decided, or nobody knows what was. */
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string }
  /** An answer that must never be given. */
  | { readonly kind: 'bug'; readonly error: unknown };

/** The screening looked and said no. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Seats that stood in the way and why, in the API's words (SEAT_HELD). */
  readonly seats: readonly { readonly seatId: string; readonly why: string }[];
}

export function isMutation(question: Question): question is Mutation {
  return 'requestId' in question;
}

/** For the story. */
export function questionText({ screeningId, buyerId, what }: Asked): string {
  const of = (): string => {
    switch (what.kind) {
      case 'hold':
      case 'book':
        return what.seatIds.join(' ');
      case 'release':
        return `${short(what.holdToken)} ${what.seatIds.join(' ')}`;
      case 'extend':
      case 'confirm':
      case 'get-hold':
        return short(what.holdToken);
      case 'cancel-booking':
        return `${short(what.bookingId)} ${what.seatIds.join(' ')}`;
      case 'get-booking':
        return short(what.bookingId);
      case 'seat-map':
      case 'list-bookings':
        return '';
    }
  };
  const request = isMutation(what) ? ` [${short(what.requestId)}]` : '';
  return `${buyerId} ${what.kind} ${screeningId} ${of()}${request}`;
}

export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case 'hold':
      return `hold ${short(answer.hold.holdToken)} of ${answer.hold.seatIds.join(' ')} (r${String(answer.revision)})`;
    case 'released':
      return `released ${answer.seatIds.join(' ')} (r${String(answer.revision)})`;
    case 'booking':
      return `booking ${short(answer.booking.bookingId)} of ${answer.booking.seatIds.join(' ')} (r${String(answer.revision)})`;
    case 'booking-cancelled':
      return `cancelled ${answer.seatIds.join(' ')} (r${String(answer.revision)})`;
    case 'seat-map':
      return `seat map at r${String(answer.revision)} epoch ${String(answer.epoch)}`;
    case 'bookings':
      return `bookings ${answer.bookings.map(({ booking }) => short(booking.bookingId)).join(' ')}`;
    case 'refused':
      return `no: ${answer.reason} ${answer.seats.map(({ seatId, why }) => `${seatId} ${why}`).join(' ')}`;
    case 'failed':
      return `failed: ${answer.reason}`;
    case 'bug':
      return `BUG ${answer.error instanceof Error ? (answer.error.stack ?? answer.error.message) : String(answer.error)}`;
  }
}

function short(id: string): string {
  return id.slice(0, 6);
}
