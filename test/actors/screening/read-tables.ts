import { expect } from 'chai';
import type { BookingRow, ScreeningProjection } from '../../../actors/screening/projection.js';

/** The tables `booking` and `booked_seat`, as the projections of all turns make them. */
export class ReadTables {
  readonly bookings = new Map<string, BookingRow>();
  /** Booking id by seat id. */
  readonly bookedSeats = new Map<string, string>();

  apply({ bookings, seats }: ScreeningProjection): void {
    const changed = seats.map(({ seatId }) => seatId);
    expect(new Set(changed).size, 'changes per seat and turn').to.equal(changed.length);
    for (const { seatId, from, to } of seats) {
      expect(from, `row of ${seatId} before`).to.equal(this.bookedSeats.get(seatId) ?? null);
      expect(to, `row of ${seatId}`).to.not.equal(from);
      if (to === null) this.bookedSeats.delete(seatId);
      else this.bookedSeats.set(seatId, to);
    }
    for (const row of bookings) {
      const before = this.bookings.get(row.bookingId);
      if (before !== undefined)
        expect(row).to.deep.include({ createTimeMs: before.createTimeMs, buyerId: before.buyerId });
      this.bookings.set(row.bookingId, row);
    }
    for (const [bookingId, row] of this.bookings) {
      const seatsOf = [...this.bookedSeats].filter(([, owner]) => owner === bookingId).map(([seatId]) => seatId);
      expect(row.seatIds, 'seats of a booking and their rows').to.have.members(seatsOf);
      expect(row.cancelled).to.equal(row.seatIds.length === 0);
    }
  }
}
