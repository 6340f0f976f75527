import type { SeatingPlan } from '../../../actors/auditorium/seating-plan.js';
import { SeatState } from '../../../actors/screening/seat-state.js';
import {
  BookingState,
  type Booking,
  type Hold,
  type Screening,
  type SeatCounts,
  type SeatMap,
} from '../../../proto/gen/cinema/boxoffice/v1/resources.js';

/** Resources of the API as browsers are told them: snake_case, times in RFC 3339, states by name. */
export function screeningJson(screening: Screening): Record<string, unknown> {
  return {
    screening_id: screening.screeningId,
    title: screening.title,
    starts_at: timeJson(screening.startsAt),
    auditorium_id: screening.auditoriumId,
    capacity: screening.capacity,
    sales_open_at: timeJson(screening.salesOpenAt),
    sales_close_at: timeJson(screening.salesCloseAt),
    cancelled: screening.cancelled,
    max_seats_per_request: screening.limits?.maxSeatsPerRequest ?? null,
    max_seats_per_buyer: screening.limits?.maxSeatsPerBuyer ?? null,
  };
}

export function countsJson(counts: SeatCounts | undefined): SeatCounts {
  const { free, held, booked, blocked } = counts ?? { free: 0, held: 0, booked: 0, blocked: 0 };
  return { free, held, booked, blocked };
}

/** Sparse: a seat that is not listed is free. */
export function seatsJson(seatMap: SeatMap): { seat_id: string; state: string }[] {
  return seatMap.seats.map(({ seatId, state }) => ({ seat_id: seatId, state: stateName(state) }));
}

const stateNames: readonly [number, string][] = [
  [SeatState.Free, 'FREE'],
  [SeatState.Held, 'HELD'],
  [SeatState.Booked, 'BOOKED'],
  [SeatState.Blocked, 'BLOCKED'],
];
const stateNameByNumber = new Map(stateNames);

/** The domain's numbers and the proto's are the same. A state this version does not know is not for sale. */
export const stateName = (state: number): string => stateNameByNumber.get(state) ?? 'BLOCKED';

export function planJson(plan: SeatingPlan): object {
  return {
    name: plan.name,
    size: { width: plan.size.width, height: plan.size.height },
    categories: plan.categories.map(({ name, color }) => ({ name, color })),
    seats: plan.seats.map((seat) => ({
      seat_id: seat.seatId,
      zone: seat.zone,
      row: seat.row,
      number: seat.number,
      x: seat.x,
      y: seat.y,
      category: seat.category,
      wheelchair: seat.wheelchair,
    })),
  };
}

/** For the one who holds it: it has the token. */
export function holdJson(hold: Hold): Record<string, unknown> {
  return {
    screening_id: hold.screeningId,
    hold_token: hold.holdToken,
    seat_ids: hold.seatIds,
    create_time: timeJson(hold.createTime),
    expire_time: timeJson(hold.expireTime),
    max_expire_time: timeJson(hold.maxExpireTime),
  };
}

export function bookingJson(booking: Booking): Record<string, unknown> {
  return {
    booking_id: booking.bookingId,
    screening_id: booking.screeningId,
    seat_ids: booking.seatIds,
    state: booking.state === BookingState.BOOKING_STATE_ACTIVE ? 'ACTIVE' : 'CANCELLED',
    create_time: timeJson(booking.createTime),
  };
}

const timeJson = (time: Date | undefined): string | null => time?.toISOString() ?? null;
