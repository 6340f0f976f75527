import type { SeatState } from './seat-state.js';

/** Why a screening says no. The edge maps each kind to one status code. */
export type Refusal =
  | { readonly kind: 'unknown-seats'; readonly seatIds: readonly string[] }
  | { readonly kind: 'seat-unavailable'; readonly seats: readonly UnavailableSeat[] }
  | { readonly kind: 'seats-not-in-hold'; readonly seatIds: readonly string[] }
  | { readonly kind: 'seats-not-in-booking'; readonly seatIds: readonly string[] }
  | { readonly kind: 'too-many-seats'; readonly limit: number; readonly requested: number }
  | { readonly kind: 'buyer-limit'; readonly limit: number; readonly taken: number; readonly requested: number }
  | { readonly kind: 'ttl-too-long'; readonly limitMs: number }
  | {
      readonly kind: 'hold-expired';
      /** Seats of the hold nobody has taken since. */
      readonly freeSeatIds: readonly string[];
    }
  | { readonly kind: 'hold-not-found'; readonly ended: 'released' | 'confirmed' | undefined }
  | { readonly kind: 'hold-token-mismatch' }
  | { readonly kind: 'booking-not-found'; readonly cancelled: boolean }
  | { readonly kind: 'booking-buyer-mismatch' }
  | { readonly kind: 'sales-not-open'; readonly opensAtMs: number }
  | { readonly kind: 'sales-closed'; readonly closedAtMs: number }
  | { readonly kind: 'screening-cancelled' }
  | { readonly kind: 'stale-revision'; readonly revision: number }
  | { readonly kind: 'request-id-reused' }
  | { readonly kind: 'invalid-terms'; readonly field: string; readonly problem: string }
  /** The table of remembered requests is full; room comes back as entries reach 24 h. */
  | { readonly kind: 'request-log-full' };

export interface UnavailableSeat {
  readonly seatId: string;
  readonly state: SeatState;
}
