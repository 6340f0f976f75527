/**
 * The rows of the read tables that one turn changes: what the database keeps
 * beside the journal so that bookings and terms can be found with plain SQL and
 * so that a second sale of a seat breaks a unique key.
 *
 * The whole turn is folded into its net effect, because the parts of one SQL
 * statement see the same snapshot and run in no particular order: a seat that is
 * given back and sold again within a turn must be one UPDATE, not a DELETE and an
 * INSERT.
 */
export interface ScreeningProjection {
  /** Final image of every booking the turn touched. */
  readonly bookings: readonly BookingRow[];
  readonly seats: readonly SeatRowChange[];
  /** Final image of the screening's own row, when the turn changed it. */
  readonly terms: TermsRow | undefined;
}

export interface BookingRow {
  readonly bookingId: string;
  readonly buyerId: string;
  /** Booked now, in plan order; empty when the booking is cancelled. */
  readonly seatIds: readonly string[];
  readonly cancelled: boolean;
  readonly createTimeMs: number;
  readonly updateTimeMs: number;
}

/**
 * `from` null: insert; `to` null: delete; both set: the seat passes from one
 * booking to another. At most one change per seat and turn.
 */
export interface SeatRowChange {
  readonly seatId: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Title, sales window and limits of a screening. Times in ms since 1970 UTC. */
export interface Terms {
  readonly title: string;
  readonly startsAtMs: number;
  /** Inclusive. */
  readonly salesOpenAtMs: number;
  /** Exclusive. */
  readonly salesCloseAtMs: number;
  readonly maxSeatsPerRequest: number;
  /** Held and booked together. */
  readonly maxSeatsPerBuyer: number;
  /** TTL of a hold that asks for none. */
  readonly holdTtlMs: number;
  /** From the taking of a hold to its last possible end. */
  readonly holdLifetimeMaxMs: number;
}

export interface TermsRow {
  readonly terms: Terms;
  readonly cancelled: boolean;
}
