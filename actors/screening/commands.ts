import type { Terms } from './projection.js';

/**
 * What a screening can be asked. Fields were checked for shape at the edge; what
 * depends on the screening (does the seat exist, is it free) is decided here.
 * Times and durations in milliseconds.
 */
export type ScreeningCommand =
  | HoldSeats
  | ExtendHold
  | ReleaseHold
  | ConfirmHold
  | BookSeats
  | CancelBooking
  | UpdateScreening
  | CancelScreening
  | GetHold
  | GetSeatStates;

/** The caller's name for a mutation: the same id from the same buyer is the same request. */
interface Mutation {
  readonly requestId: string;
  /** Empty for staff commands on the screening itself. */
  readonly buyerId: string;
}

export interface HoldSeats extends Mutation {
  readonly kind: 'hold-seats';
  readonly seatIds: readonly string[];
  /** Undefined: the screening's default. */
  readonly ttlMs: number | undefined;
  readonly revision: number | undefined;
  readonly validateOnly: boolean;
}

export interface ExtendHold extends Mutation {
  readonly kind: 'extend-hold';
  readonly holdToken: string;
  readonly ttlMs: number | undefined;
}

export interface ReleaseHold extends Mutation {
  readonly kind: 'release-hold';
  readonly holdToken: string;
  /** Empty: all of them. */
  readonly seatIds: readonly string[];
}

export interface ConfirmHold extends Mutation {
  readonly kind: 'confirm-hold';
  readonly holdToken: string;
}

/** A staff sale: no hold, no sales window, no limit per buyer. */
export interface BookSeats extends Mutation {
  readonly kind: 'book-seats';
  readonly seatIds: readonly string[];
  readonly revision: number | undefined;
  readonly validateOnly: boolean;
}

export interface CancelBooking extends Mutation {
  readonly kind: 'cancel-booking';
  readonly bookingId: string;
  /** Empty: all of them. */
  readonly seatIds: readonly string[];
}

export interface UpdateScreening extends Mutation {
  readonly kind: 'update-screening';
  /** Fields that are absent stay as they are. */
  readonly terms: Partial<Terms>;
  readonly revision: number | undefined;
}

export interface CancelScreening extends Mutation {
  readonly kind: 'cancel-screening';
  readonly revision: number | undefined;
}

export interface GetHold {
  readonly kind: 'get-hold';
  readonly buyerId: string;
  readonly holdToken: string;
}

/** The state of every seat at a committed revision: what a replica starts from and catches up with. */
export interface GetSeatStates {
  readonly kind: 'get-seat-states';
  /** The revision the asker has; it gets no states if there is none newer. */
  readonly knownRevision: number | undefined;
}

/** What the world contributes to one decision. */
export interface DecisionContext {
  /** When the turn is decided; never less than the turn before. */
  readonly nowMs: number;
  /** 128 fresh random bits: the hold token or booking id, should one be needed. */
  readonly freshToken: string;
}
