import type { Operation } from '../history.js';
import type { Window } from './replayable.js';
import { activeBooking, holdOfBuyer, some } from './requested.js';
import { unheardId, type SeatLedger } from './seat-ledger.js';

/** The effect of an operation nobody heard of. Nobody knows its token or booking id either. */
export function happens(ledger: SeatLedger, { id, request, invokedMs }: Operation, at: Window): boolean {
  const unknownId = unheardId(id);
  switch (request.kind) {
    case 'hold': {
      const { buyerId, ttlMs } = request;
      const seatIds = new Set(request.seatIds);
      return ledger.hold(unknownId, { buyerId, seatIds, endsFromMs: invokedMs + ttlMs, endsByMs: Infinity }, at);
    }
    case 'book':
      return ledger.book(unknownId, { buyerId: request.buyerId, seatIds: new Set(request.seatIds) }, at);
    case 'extend':
    case 'release':
    case 'confirm': {
      const hold = holdOfBuyer(ledger, request, at);
      if (hold === undefined) return false;
      if (request.kind === 'confirm') return ledger.confirm(request.holdToken, hold, unknownId);
      if (request.kind === 'release')
        return ledger.release(request.holdToken, hold, some(request.seatIds, hold.seatIds));
      return ledger.extend(request.holdToken, hold, {
        endsFromMs: invokedMs + request.ttlMs,
        endsByMs: Infinity,
      });
    }
    case 'cancel': {
      const booking = activeBooking(ledger, request);
      if (booking === undefined) return false;
      return ledger.cancel(request.bookingId, booking, some(request.seatIds, booking.seatIds));
    }
    case 'get-hold':
    case 'get-booking':
      return false;
  }
}
