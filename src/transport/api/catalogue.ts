import type { BookingRow, Terms } from '../../../actors/screening/projection.js';

/**
 * What there is to sell and what was sold, as the front end asks for it. Read from
 * the database; a booking is there before its buyer has been told of it.
 * Every method may throw StorageUnavailable.
 */
export interface Catalogue {
  /**
   * Keeps an auditorium, once per `requestId`: the same request again answers the
   * row it made. Seating plans never change once kept.
   */
  createAuditorium(auditorium: NewAuditorium): Promise<Creation<AuditoriumRow>>;
  getAuditorium(auditoriumId: string): Promise<AuditoriumRow | undefined>;
  /** By id ascending, those after `afterId`, at most `limit` (1 to 1,001). */
  listAuditoriums(afterId: string | undefined, limit: number): Promise<readonly AuditoriumRow[]>;
  /** The plan as it was imported (canonical JSON text). */
  loadSeatingPlan(auditoriumId: string): Promise<string | undefined>;

  /** Keeps a screening, its owner row (epoch 0, revision 1) and the first row of its journal, in one transaction. */
  createScreening(screening: NewScreening): Promise<Creation<ScreeningRow>>;
  /** What an earlier request with this id made, and of which body it was. */
  screeningMadeBy(requestId: string): Promise<{ screeningId: string; fingerprint: string } | undefined>;
  getScreening(screeningId: string): Promise<ScreeningRow | undefined>;
  /**
   * By (startsAtMs, screeningId) ascending, those after the cursor. With `upcomingAtMs` only
   * those that begin later than that, or began at most a day before it and have their
   * `salesCloseAtMs` later.
   */
  listScreenings(
    filter: { upcomingAtMs?: number },
    after: { startsAtMs: number; screeningId: string } | undefined,
    limit: number,
  ): Promise<readonly ScreeningRow[]>;

  getBooking(bookingId: string): Promise<StoredBooking | undefined>;
  /** By (createTimeMs, bookingId) descending, those after the cursor; at least one filter is set. */
  listBookings(
    filter: { screeningId?: string; buyerId?: string },
    after: { createTimeMs: number; bookingId: string } | undefined,
    limit: number,
  ): Promise<readonly StoredBooking[]>;
}

/**
 * `taken`: the id belongs to another request. `request-reused`: the request_id was
 * used with another body.
 */
export type Creation<Row> =
  { readonly kind: 'created'; readonly row: Row } | { readonly kind: 'taken' } | { readonly kind: 'request-reused' };

export interface NewAuditorium extends Omit<AuditoriumRow, 'createTimeMs'> {
  readonly requestId: string;
  /** Hash of the request's body: tells a repeat from a reuse. */
  readonly fingerprint: string;
  /** Canonical JSON text of the plan. */
  readonly seatingPlan: string;
  readonly createTimeMs: number;
}

export interface AuditoriumRow {
  readonly auditoriumId: string;
  readonly name: string;
  readonly capacity: number;
  readonly categories: readonly { readonly name: string; readonly color: string; readonly seats: number }[];
  readonly createTimeMs: number;
}

export interface NewScreening extends Omit<ScreeningRow, 'cancelled'> {
  readonly requestId: string;
  readonly fingerprint: string;
  /** Encoded turn that creates it: the journal's row at revision 1, epoch 0. */
  readonly firstTurn: Uint8Array;
}

export interface ScreeningRow {
  readonly screeningId: string;
  readonly auditoriumId: string;
  readonly capacity: number;
  readonly terms: Terms;
  readonly cancelled: boolean;
  readonly createTimeMs: number;
}

export interface StoredBooking extends BookingRow {
  readonly screeningId: string;
}
