import type { Window } from './replayable.js';
import type { Booking, Hold, SeatLedger } from './seat-ledger.js';

/** The hold a request is about, if it can still have been there and is the buyer's. */
export function holdOfBuyer(
  ledger: SeatLedger,
  { holdToken, buyerId }: { readonly holdToken: string; readonly buyerId: string },
  at: Window,
): Hold | undefined {
  const hold = ledger.liveHold(holdToken, at);
  return hold?.buyerId === buyerId ? hold : undefined;
}

/** The booking a request is about, if something of it is left and it is the buyer's. */
export function activeBooking(
  ledger: SeatLedger,
  {
    bookingId,
    buyerId,
  }: {
    readonly bookingId: string;
    readonly buyerId: string;
  },
): Booking | undefined {
  const booking = ledger.bookingOf(bookingId);
  return booking?.buyerId === buyerId && booking.seatIds.size > 0 ? booking : undefined;
}

/** In requests no seats means all of them. */
export function some(seatIds: readonly string[], all: ReadonlySet<string>): Iterable<string> {
  return seatIds.length === 0 ? all : seatIds;
}

export function hasStrangers(seatIds: readonly string[], of: Hold | Booking | undefined): boolean {
  return of !== undefined && seatIds.some((seatId) => !of.seatIds.has(seatId));
}

export function sameSeats(ones: Iterable<string>, others: Iterable<string>): boolean {
  const a = new Set(ones);
  const b = new Set(others);
  return a.size === b.size && [...a].every((seatId) => b.has(seatId));
}
