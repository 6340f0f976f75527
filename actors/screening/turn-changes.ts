import type { ScreeningEvent } from './events.js';
import type { SeatCounts } from './seat-state.js';
import type { ScreeningState } from './state.js';

/**
 * What one committed turn changed on the seat map, for viewers: no tokens, and no
 * buyers but in `bookingBuyers`, which whoever shows or sends a change leaves out.
 * Seats are layout indexes.
 */
export interface SeatMapChange {
  readonly revision: number;
  readonly timeMs: number;
  /** Every seat whose state the turn set, once, with the state it has at `revision`. */
  readonly seats: readonly number[];
  /** SeatState by position in `seats`. */
  readonly states: Uint8Array;
  readonly counts: SeatCounts;
  /** Whose bookings the turn made or changed, once each: their lists are out of date. Never for viewers. */
  readonly bookingBuyers: readonly string[];
}

/** Seats whose state the event sets. */
export function seatsTouched(event: ScreeningEvent): readonly number[] {
  switch (event.kind) {
    case 'seats-held':
    case 'hold-released':
    case 'seats-booked':
    case 'booking-cancelled':
    case 'hold-expired':
    case 'hold-confirmed':
      return event.seats;
    case 'screening-created':
      return event.blockedSeats;
    case 'screening-updated':
    case 'screening-cancelled':
    case 'hold-extended':
      return [];
  }
}

/**
 * The change a turn made, from the state after it.
 * @param touched seats whose state it set, perhaps more than once
 */
export function seatMapChange(
  state: ScreeningState,
  touched: readonly number[],
  bookingBuyers: readonly string[],
): SeatMapChange {
  const seats = touched.length > 1 ? [...new Set(touched)] : touched;
  return {
    revision: state.revision,
    timeMs: state.timeMs,
    seats,
    states: Uint8Array.from(seats, (seat) => state.seats[seat] ?? 0),
    counts: { ...state.counts },
    bookingBuyers,
  };
}
