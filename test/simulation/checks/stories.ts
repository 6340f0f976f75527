import type { ScreeningEvent } from '../../../actors/screening/events.js';
import type { SeatState } from '../../../actors/screening/seat-state.js';
import type { Spans } from './spans.js';

/** A hold as it was over time. */
export interface HoldStory {
  readonly holdToken: string;
  readonly buyerId: string;
  readonly createTimeMs: number;
  readonly maxExpireTimeMs: number;
  /** Undefined once it had ended. */
  readonly terms: Spans<{ readonly seats: readonly number[]; readonly expireTimeMs: number } | undefined>;
  /** How it ended. */
  how: 'expired' | 'released' | 'confirmed' | undefined;
}

export interface BookingStory {
  readonly bookingId: string;
  readonly buyerId: string;
  readonly createTimeMs: number;
  /** No seats once all were cancelled. */
  readonly terms: Spans<{ readonly seats: readonly number[]; readonly updateTimeMs: number }>;
}

/** Who has a seat. */
export interface Occupant {
  readonly state: SeatState;
  /** Hold token or booking id; empty for a free or blocked seat. */
  readonly owner: string;
}

/** What a request did. */
export interface Effect {
  readonly event: ScreeningEvent;
  readonly revision: number;
  /** The first moment at which it had happened. */
  readonly moment: number;
}

/** What one row of the journal led to. */
export interface Outcome {
  readonly epoch: number;
  readonly timeMs: number;
  /** SeatState by seat. */
  readonly states: Uint8Array;
}
