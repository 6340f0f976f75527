/**
 * Who has which seats. Records are immutable: a change replaces the record, so an
 * answer that was given earlier can keep its own.
 */
export interface Hold {
  readonly holdToken: string;
  readonly buyerId: string;
  /** Layout indexes, ascending. */
  readonly seats: readonly number[];
  readonly createTimeMs: number;
  /** Dead from this moment on. */
  readonly expireTimeMs: number;
  readonly maxExpireTimeMs: number;
}

export interface Booking {
  readonly bookingId: string;
  readonly buyerId: string;
  /** Booked now; empty once all were cancelled. */
  readonly seats: readonly number[];
  readonly createTimeMs: number;
}

/** Seats of one buyer in one screening; counted in place. */
export interface BuyerSeats {
  held: number;
  booked: number;
}
