import type { BookingView, HoldView } from '../../../actors/screening/answers.js';
import type { Terms } from '../../../actors/screening/projection.js';
import { SeatState as State } from '../../../actors/screening/seat-state.js';
import {
  BookingState,
  SeatState,
  type Auditorium,
  type Booking,
  type Hold,
  type Screening,
  type SeatMap,
  type SeatStatus,
} from '../../../proto/gen/cinema/boxoffice/v1/resources.js';
import type { SeatMapView } from '../../streams/index.js';
import type { AuditoriumRow, ScreeningRow, StoredBooking } from './catalogue.js';

/** From what the system knows to what the API says. */
export function holdMessage(screeningId: string, hold: HoldView): Hold {
  return {
    screeningId,
    holdToken: hold.holdToken,
    buyerId: hold.buyerId,
    seatIds: [...hold.seatIds],
    createTime: new Date(hold.createTimeMs),
    expireTime: new Date(hold.expireTimeMs),
    maxExpireTime: new Date(hold.maxExpireTimeMs),
  };
}

export function bookingMessage(screeningId: string, booking: BookingView): Booking {
  return {
    bookingId: booking.bookingId,
    screeningId,
    buyerId: booking.buyerId,
    seatIds: [...booking.seatIds],
    state: booking.seatIds.length > 0 ? BookingState.BOOKING_STATE_ACTIVE : BookingState.BOOKING_STATE_CANCELLED,
    createTime: new Date(booking.createTimeMs),
    updateTime: new Date(booking.updateTimeMs),
  };
}

export function storedBookingMessage(booking: StoredBooking): Booking {
  return bookingMessage(booking.screeningId, booking);
}

export function auditoriumMessage(row: AuditoriumRow): Auditorium {
  return {
    auditoriumId: row.auditoriumId,
    name: row.name,
    capacity: row.capacity,
    categories: row.categories.map((category) => ({ ...category })),
    createTime: new Date(row.createTimeMs),
  };
}

export function screeningMessage(row: ScreeningRow): Screening {
  return {
    screeningId: row.screeningId,
    auditoriumId: row.auditoriumId,
    ...termsMessage(row.terms),
    cancelled: row.cancelled,
    capacity: row.capacity,
    createTime: new Date(row.createTimeMs),
  };
}

function termsMessage(terms: Terms): Pick<Screening, 'title' | 'startsAt' | 'salesOpenAt' | 'salesCloseAt' | 'limits'> {
  return {
    title: terms.title,
    startsAt: new Date(terms.startsAtMs),
    salesOpenAt: new Date(terms.salesOpenAtMs),
    salesCloseAt: new Date(terms.salesCloseAtMs),
    limits: {
      maxSeatsPerRequest: terms.maxSeatsPerRequest,
      maxSeatsPerBuyer: terms.maxSeatsPerBuyer,
      holdTtl: durationMessage(terms.holdTtlMs),
      holdLifetimeMax: durationMessage(terms.holdLifetimeMaxMs),
    },
  };
}

function durationMessage(ms: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}

/** Sparse: free seats are left out. */
export function seatMapMessage(view: SeatMapView): SeatMap {
  const seats: SeatStatus[] = [];
  view.states.forEach((state, seat) => {
    if (state !== State.Free) seats.push(seatStatus(view, seat, state));
  });
  return {
    screeningId: view.screeningId,
    revision: view.revision,
    epoch: view.epoch,
    seats,
    counts: { ...view.counts },
    stale: view.stale,
  };
}

/** A seat by its layout index. The domain's state numbers are the API's. */
export function seatStatus({ layout }: Pick<SeatMapView, 'layout'>, seat: number, state: number): SeatStatus {
  return { seatId: layout.seatIds[seat] ?? '', state: stateMessages[state] ?? SeatState.UNRECOGNIZED };
}

const stateMessages: Readonly<Record<number, SeatState>> = {
  [State.Free]: SeatState.SEAT_STATE_FREE,
  [State.Held]: SeatState.SEAT_STATE_HELD,
  [State.Booked]: SeatState.SEAT_STATE_BOOKED,
  [State.Blocked]: SeatState.SEAT_STATE_BLOCKED,
};
