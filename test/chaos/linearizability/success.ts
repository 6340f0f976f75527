import type { Answer, Request } from '../history.js';
import type { Window } from './replayable.js';
import { activeBooking, holdOfBuyer, sameSeats, some } from './requested.js';
import type { Hold, SeatLedger } from './seat-ledger.js';

/** Whether a request can have had this answer, and if so its effect. */
export function succeeds(ledger: SeatLedger, request: Request, answer: Answer, at: Window): boolean {
  switch (request.kind) {
    case 'hold':
    case 'book':
      return sameSeats(request.seatIds, answer.seatIds) && takes(ledger, request, answer, at);
    case 'extend':
    case 'release':
    case 'confirm':
    case 'get-hold': {
      const hold = holdOfBuyer(ledger, request, at);
      return hold !== undefined && succeedsWithHold(ledger, request, hold, answer);
    }
    case 'cancel': {
      const booking = activeBooking(ledger, request);
      const gone = answer.goneSeatIds ?? [];
      if (booking === undefined || !sameSeats(gone, some(request.seatIds, booking.seatIds))) return false;
      if (!ledger.cancel(request.bookingId, booking, gone)) return false;
      return sameSeats(ledger.bookingOf(request.bookingId)?.seatIds ?? [], answer.seatIds);
    }
    case 'get-booking': {
      const booking = ledger.bookingOf(request.bookingId);
      return booking !== undefined && sameSeats(booking.seatIds, answer.seatIds);
    }
  }
}

function takes(
  ledger: SeatLedger,
  request: Extract<Request, { kind: 'hold' | 'book' }>,
  { id, expireMs }: Answer,
  at: Window,
): boolean {
  const seatIds = new Set(request.seatIds);
  const { buyerId } = request;
  if (request.kind === 'book') return ledger.book(id, { buyerId, seatIds }, at);
  if (expireMs === undefined) return false;
  return ledger.hold(id, { buyerId, seatIds, endsFromMs: expireMs, endsByMs: expireMs }, at);
}

function succeedsWithHold(
  ledger: SeatLedger,
  request: Extract<Request, { holdToken: string }>,
  hold: Hold,
  { id, seatIds, goneSeatIds = [], expireMs = Number.NaN }: Answer,
): boolean {
  const { holdToken } = request;
  const isNotSooner = expireMs >= hold.endsFromMs - ledger.clockSlackMs;
  switch (request.kind) {
    case 'extend':
      if (!isNotSooner || !sameSeats(hold.seatIds, seatIds)) return false;
      return ledger.extend(holdToken, hold, { endsFromMs: expireMs, endsByMs: expireMs });
    case 'release':
      if (!sameSeats(goneSeatIds, some(request.seatIds, hold.seatIds))) return false;
      if (!ledger.release(holdToken, hold, goneSeatIds)) return false;
      return sameSeats(ledger.holdOf(holdToken)?.seatIds ?? [], seatIds);
    case 'confirm':
      return sameSeats(hold.seatIds, seatIds) && ledger.confirm(holdToken, hold, id);
    case 'get-hold':
      return isNotSooner && expireMs <= hold.endsByMs + ledger.clockSlackMs && sameSeats(hold.seatIds, seatIds);
  }
}
