import type { ScreeningEvent } from './events.js';
import type { BookingRow, ScreeningProjection, SeatRowChange } from './projection.js';
import { seatIdAt, seatIdsAt } from './seat-layout.js';
import type { ScreeningState } from './state.js';

interface SeatPassage {
  readonly from: string | null;
  to: string | null;
}

const nobody: readonly string[] = [];

/** Folds the events of one turn into the rows they change; see ScreeningProjection. */
export class ProjectionFold {
  /** Undefined while nothing was sold: so it stays in most turns, and a node has thousands a second. */
  private sold: { readonly seats: Map<number, SeatPassage>; readonly bookings: Map<string, BookingRow> } | undefined;
  private termsChanged = false;

  /** @param turnTimeMs the time of the turn the events belong to */
  constructor(
    private readonly state: ScreeningState,
    private readonly turnTimeMs: number,
  ) {}

  /** Call before `evolve`: a hold's seats and a booking's buyer are looked up while they exist. */
  before(event: ScreeningEvent): void {
    switch (event.kind) {
      case 'hold-confirmed': {
        const hold = this.state.holds.get(event.holdToken);
        if (hold !== undefined) this.booked(event.bookingId, hold.buyerId, event.seats);
        return;
      }
      case 'seats-booked':
        this.booked(event.bookingId, event.buyerId, event.seats);
        return;
      case 'booking-cancelled':
        this.cancelled(event.bookingId, event.seats);
        return;
      case 'screening-created':
      case 'screening-updated':
      case 'screening-cancelled':
        this.termsChanged = true;
        return;
      case 'seats-held':
      case 'hold-extended':
      case 'hold-released':
      case 'hold-expired':
        return;
    }
  }

  /** Call after the last `evolve` of the turn. Undefined when the turn changed no row. */
  result(): ScreeningProjection | undefined {
    if (this.sold === undefined && !this.termsChanged) return undefined;
    const { terms, cancelled } = this.state;
    const seats: SeatRowChange[] = [];
    for (const [seat, { from, to }] of this.sold?.seats ?? []) {
      if (from !== to) seats.push({ seatId: seatIdAt(this.state.layout, seat), from, to });
    }
    return {
      bookings: [...(this.sold?.bookings.values() ?? [])],
      seats,
      terms: this.termsChanged && terms !== undefined ? { terms, cancelled } : undefined,
    };
  }

  /** Whose bookings the turn touched, once each. */
  buyers(): readonly string[] {
    if (this.sold === undefined) return nobody;
    return [...new Set([...this.sold.bookings.values()].map(({ buyerId }) => buyerId))];
  }

  private booked(bookingId: string, buyerId: string, seats: readonly number[]): void {
    this.rows().bookings.set(bookingId, {
      bookingId,
      buyerId,
      seatIds: seatIdsAt(this.state.layout, seats),
      cancelled: false,
      createTimeMs: this.turnTimeMs,
      updateTimeMs: this.turnTimeMs,
    });
    for (const seat of seats) this.pass(seat, null, bookingId);
  }

  private cancelled(bookingId: string, seats: readonly number[]): void {
    const booking = this.state.bookings.get(bookingId);
    if (booking === undefined) return;
    const left = booking.seats.filter((seat) => !seats.includes(seat));
    this.rows().bookings.set(bookingId, {
      bookingId,
      buyerId: booking.buyerId,
      seatIds: seatIdsAt(this.state.layout, left),
      cancelled: left.length === 0,
      createTimeMs: booking.createTimeMs,
      updateTimeMs: this.turnTimeMs,
    });
    for (const seat of seats) this.pass(seat, bookingId, null);
  }

  private pass(seat: number, from: string | null, to: string | null): void {
    const { seats } = this.rows();
    const passage = seats.get(seat);
    if (passage === undefined) seats.set(seat, { from, to });
    else passage.to = to;
  }

  private rows(): NonNullable<ProjectionFold['sold']> {
    this.sold ??= { seats: new Map(), bookings: new Map() };
    return this.sold;
  }
}
