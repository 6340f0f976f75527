import type { BookingView, HoldView, ScreeningAnswer } from './answers.js';
import type { Booking, Hold } from './occupancy.js';
import type { AnsweredRequest } from './request-log.js';
import { seatIdsAt, type SeatLayout } from './seat-layout.js';

/** Seat indexes back to the ids the caller knows. */
export function holdView(layout: SeatLayout, hold: Hold): HoldView {
  return {
    holdToken: hold.holdToken,
    buyerId: hold.buyerId,
    seatIds: seatIdsAt(layout, hold.seats),
    createTimeMs: hold.createTimeMs,
    expireTimeMs: hold.expireTimeMs,
    maxExpireTimeMs: hold.maxExpireTimeMs,
  };
}

function bookingView(layout: SeatLayout, booking: Booking, updateTimeMs: number): BookingView {
  return {
    bookingId: booking.bookingId,
    buyerId: booking.buyerId,
    seatIds: seatIdsAt(layout, booking.seats),
    createTimeMs: booking.createTimeMs,
    updateTimeMs,
  };
}

/** The one way a mutation is answered, the first time and every time after. */
export function answerOf(layout: SeatLayout, request: AnsweredRequest): ScreeningAnswer {
  const {
    outcome,
    at: { revision, timeMs },
  } = request;
  switch (outcome.kind) {
    case 'held':
    case 'extended':
      return { kind: outcome.kind, hold: holdView(layout, outcome.hold), revision };
    case 'released':
      return {
        kind: 'released',
        hold: outcome.hold === undefined ? undefined : holdView(layout, outcome.hold),
        releasedSeatIds: seatIdsAt(layout, outcome.released),
        revision,
      };
    case 'booked':
      return { kind: 'booked', booking: bookingView(layout, outcome.booking, timeMs), revision };
    case 'booking-cancelled':
      return {
        kind: 'booking-cancelled',
        booking: bookingView(layout, outcome.booking, timeMs),
        cancelledSeatIds: seatIdsAt(layout, outcome.cancelled),
        revision,
      };
    case 'screening-updated':
      return { kind: 'terms', terms: outcome.terms, cancelled: false, revision };
    case 'screening-cancelled':
      return { kind: 'terms', terms: outcome.terms, cancelled: true, revision };
  }
}
