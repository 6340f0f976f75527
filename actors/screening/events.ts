import type { Terms } from './projection.js';

/** What happened to a screening. Seats are layout indexes in plan order. */
export type ScreeningEvent =
  | { readonly kind: 'screening-created'; readonly terms: Terms; readonly blockedSeats: readonly number[] }
  | { readonly kind: 'screening-updated'; readonly origin: Origin; readonly terms: Terms }
  | { readonly kind: 'screening-cancelled'; readonly origin: Origin }
  | SeatsHeld
  | {
      readonly kind: 'hold-extended';
      readonly origin: Origin;
      readonly holdToken: string;
      readonly expireAfterMs: number;
    }
  | {
      readonly kind: 'hold-released';
      /** Undefined when the screening was cancelled: nobody asked for the release. */
      readonly origin: Origin | undefined;
      readonly holdToken: string;
      readonly seats: readonly number[];
    }
  /** Expired and confirmed holds name their seats, so that the history can be read without the state. */
  | { readonly kind: 'hold-expired'; readonly holdToken: string; readonly seats: readonly number[] }
  | {
      readonly kind: 'hold-confirmed';
      readonly origin: Origin;
      readonly holdToken: string;
      readonly bookingId: string;
      readonly seats: readonly number[];
    }
  | {
      readonly kind: 'seats-booked';
      readonly origin: Origin;
      readonly bookingId: string;
      readonly buyerId: string;
      readonly seats: readonly number[];
    }
  | {
      readonly kind: 'booking-cancelled';
      readonly origin: Origin;
      readonly bookingId: string;
      readonly seats: readonly number[];
    };

export interface SeatsHeld {
  readonly kind: 'seats-held';
  readonly origin: Origin;
  readonly holdToken: string;
  readonly buyerId: string;
  readonly seats: readonly number[];
  /** Both after the turn's time. */
  readonly expireAfterMs: number;
  readonly maxExpireAfterMs: number;
}

/** The request that caused an event, with a 64-bit hash of its body in two signed 32-bit halves. */
export interface Origin {
  readonly requestId: string;
  readonly fingerprintHigh: number;
  readonly fingerprintLow: number;
}

/** Where in the history an event stands. */
export interface EventPosition {
  readonly revision: number;
  /** The turn's time; never less than the turn before. */
  readonly timeMs: number;
}
