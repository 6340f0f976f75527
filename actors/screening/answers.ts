import type { Booking, Hold } from './occupancy.js';
import type { Terms } from './projection.js';
import type { Refusal } from './refusals.js';
import type { SeatCounts } from './seat-state.js';

/**
 * What a command is answered. A refusal is an answer, not an error: the screening
 * looked and said no, and nothing changed.
 */
export type ScreeningAnswer =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'hold'; readonly hold: HoldView }
  | { readonly kind: 'held'; readonly hold: HoldView; readonly revision: number }
  | { readonly kind: 'extended'; readonly hold: HoldView; readonly revision: number }
  | {
      readonly kind: 'released';
      /** What is left; undefined when nothing is. */
      readonly hold: HoldView | undefined;
      readonly releasedSeatIds: readonly string[];
      readonly revision: number;
    }
  | { readonly kind: 'booked'; readonly booking: BookingView; readonly revision: number }
  | {
      readonly kind: 'booking-cancelled';
      readonly booking: BookingView;
      readonly cancelledSeatIds: readonly string[];
      readonly revision: number;
    }
  | { readonly kind: 'terms'; readonly terms: Terms; readonly cancelled: boolean; readonly revision: number }
  | { readonly kind: 'seat-states'; readonly seatStates: SeatStates };

export type HoldView = Pick<Hold, 'holdToken' | 'buyerId' | 'createTimeMs' | 'expireTimeMs' | 'maxExpireTimeMs'> & {
  readonly seatIds: readonly string[];
};

export type BookingView = Omit<Booking, 'seats'> & {
  readonly seatIds: readonly string[];
  readonly updateTimeMs: number;
};

/** A copy; the receiver may keep and change it. */
export interface SeatStates {
  readonly revision: number;
  /** Of the turn that made the revision, ms since 1970. */
  readonly timeMs: number;
  /** SeatState by layout index; undefined when the asker has this revision. */
  readonly states: Uint8Array | undefined;
  readonly counts: SeatCounts;
}
