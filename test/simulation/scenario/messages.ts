import type { Booking, Hold } from '../../../proto/gen/cinema/boxoffice/v1/resources.js';

/** A hold as a client sees it, times in ms since 1970. */
export interface HoldMessage {
  readonly holdToken: string;
  readonly buyerId: string;
  readonly seatIds: readonly string[];
  readonly createTimeMs: number;
  readonly expireTimeMs: number;
  readonly maxExpireTimeMs: number;
}

export interface BookingMessage {
  readonly bookingId: string;
  readonly buyerId: string;
  readonly seatIds: readonly string[];
  readonly createTimeMs: number;
  readonly updateTimeMs: number;
}

export function holdOf(hold: Hold | undefined): HoldMessage {
  if (hold === undefined) throw new TypeError('an answer without its hold');
  return {
    holdToken: hold.holdToken,
    buyerId: hold.buyerId,
    seatIds: hold.seatIds,
    createTimeMs: msOf(hold.createTime),
    expireTimeMs: msOf(hold.expireTime),
    maxExpireTimeMs: msOf(hold.maxExpireTime),
  };
}

export function bookingOf(booking: Booking | undefined): BookingMessage {
  if (booking === undefined) throw new TypeError('an answer without its booking');
  return {
    bookingId: booking.bookingId,
    buyerId: booking.buyerId,
    seatIds: booking.seatIds,
    createTimeMs: msOf(booking.createTime),
    updateTimeMs: msOf(booking.updateTime),
  };
}

function msOf(time: Date | undefined): number {
  if (time === undefined) throw new TypeError('an answer without its time');
  return time.getTime();
}
