import type { Refused, Request } from '../history.js';
import type { Window } from './replayable.js';
import { activeBooking, hasStrangers, holdOfBuyer } from './requested.js';
import type { SeatLedger } from './seat-ledger.js';

/** Whether a request can have been refused like this. */
export function refuses(ledger: SeatLedger, request: Request, refused: Refused, at: Window): boolean {
  switch (request.kind) {
    case 'hold':
    case 'book':
      return refused.reason === 'SEAT_UNAVAILABLE' && isInTheWay(ledger, request.seatIds, refused.seats ?? {}, at);
    case 'extend':
    case 'release':
    case 'confirm':
    case 'get-hold':
      return refusesHold(ledger, request, refused, at);
    case 'cancel': {
      const booking = ledger.bookingOf(request.bookingId);
      if (booking === undefined) return false;
      if (refused.reason === 'BOOKING_NOT_FOUND') return refused.ended === 'cancelled' && booking.seatIds.size === 0;
      if (refused.reason === 'BOOKING_BUYER_MISMATCH') return booking.buyerId !== request.buyerId;
      return refused.reason === 'INVALID_FIELD' && hasStrangers(request.seatIds, activeBooking(ledger, request));
    }
    case 'get-booking':
      // A caller knows the id from an answer, and nothing answered is ever lost.
      return false;
  }
}

/** Exactly the seats that are named are taken, and as it says. */
function isInTheWay(
  ledger: SeatLedger,
  seatIds: readonly string[],
  taken: Readonly<Record<string, string>>,
  at: Window,
): boolean {
  const named = Object.keys(taken);
  if (named.length === 0 || named.some((seatId) => !seatIds.includes(seatId))) return false;
  return seatIds.every((seatId) => {
    const why = taken[seatId];
    if (why === undefined) return ledger.isFree(seatId, at);
    return why === { hold: 'SEAT_HELD', booking: 'SEAT_BOOKED', none: '' }[ledger.occupantOf(seatId, at) ?? 'none'];
  });
}

function refusesHold(
  ledger: SeatLedger,
  request: Extract<Request, { holdToken: string }>,
  { reason, ended }: Refused,
  at: Window,
): boolean {
  const hold = ledger.holdOf(request.holdToken);
  // A caller knows the token from an answer, and nothing answered is ever lost.
  if (hold === undefined) return false;
  if (reason === 'HOLD_TOKEN_MISMATCH') return hold.buyerId !== request.buyerId;
  if (hold.buyerId !== request.buyerId) return false;
  switch (reason) {
    case 'HOLD_EXPIRED':
      return ledger.hasExpired(request.holdToken, at);
    case 'HOLD_NOT_FOUND':
      return hold.state === ended && (ended === 'released' || ended === 'confirmed');
    case 'INVALID_FIELD':
      return request.kind === 'release' && hasStrangers(request.seatIds, holdOfBuyer(ledger, request, at));
    default:
      return false;
  }
}
