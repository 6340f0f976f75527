import { ApiError, type BoxOffice, type Call } from '../../../src/transport/api/index.js';
import type { SeatLayout } from '../../../actors/screening/seat-layout.js';
import { SeatState } from '../../../actors/screening/seat-state.js';
import type { Answer, Asked } from './asked.js';
import { bookingOf, holdOf } from './messages.js';

/** Codes of the API that say the system failed, as opposed to a no. */
const failures: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED']);

/** Asks the API of one node. Never rejects. */
export async function perform(boxOffice: BoxOffice, asked: Asked, call: Call, layout: SeatLayout): Promise<Answer> {
  try {
    return await ask(boxOffice, asked, call, layout);
  } catch (error) {
    return noFrom(error);
  }
}

async function ask(boxOffice: BoxOffice, asked: Asked, call: Call, layout: SeatLayout): Promise<Answer> {
  const { screeningId, buyerId, what } = asked;
  switch (what.kind) {
    case 'hold': {
      const request = {
        ...base(asked),
        requestId: what.requestId,
        seatIds: [...what.seatIds],
        ttl: duration(what.ttlMs),
      };
      const { hold, revision } = await boxOffice.holdSeats({ ...request, validateOnly: false }, call);
      return { kind: 'hold', hold: holdOf(hold), revision };
    }
    case 'extend': {
      const { requestId, holdToken } = what;
      const request = { ...base(asked), requestId, holdToken, ttl: duration(what.ttlMs) };
      const { hold, revision } = await boxOffice.extendHold(request, call);
      return { kind: 'hold', hold: holdOf(hold), revision };
    }
    case 'release': {
      const { requestId, holdToken, seatIds } = what;
      const request = { ...base(asked), requestId, holdToken, seatIds: [...seatIds] };
      const { hold, releasedSeatIds, revision } = await boxOffice.releaseHold(request, call);
      return {
        kind: 'released',
        hold: hold === undefined ? undefined : holdOf(hold),
        seatIds: releasedSeatIds,
        revision,
      };
    }
    case 'confirm': {
      const { requestId, holdToken } = what;
      const { booking, revision } = await boxOffice.confirmHold({ ...base(asked), requestId, holdToken }, call);
      return { kind: 'booking', booking: bookingOf(booking), revision };
    }
    case 'book': {
      const { requestId, seatIds } = what;
      const request = { ...base(asked), requestId, seatIds: [...seatIds], validateOnly: false };
      const { booking, revision } = await boxOffice.bookSeats(request, call);
      return { kind: 'booking', booking: bookingOf(booking), revision };
    }
    case 'cancel-booking': {
      const { requestId, bookingId, seatIds } = what;
      const request = { ...base(asked), requestId, bookingId, seatIds: [...seatIds] };
      const { booking, cancelledSeatIds, revision } = await boxOffice.cancelBooking(request, call);
      return { kind: 'booking-cancelled', booking: bookingOf(booking), seatIds: cancelledSeatIds, revision };
    }
    case 'get-hold': {
      const { hold } = await boxOffice.getHold({ screeningId, buyerId, holdToken: what.holdToken }, call);
      return { kind: 'hold', hold: holdOf(hold), revision: undefined };
    }
    case 'get-booking': {
      const { booking } = await boxOffice.getBooking({ bookingId: what.bookingId }, call);
      return { kind: 'booking', booking: bookingOf(booking), revision: undefined };
    }
    case 'list-bookings': {
      const request = { screeningId: '', buyerId, pageSize: 1_000, pageToken: '' };
      const { bookings } = await boxOffice.listBookings(request, call);
      return {
        kind: 'bookings',
        bookings: bookings.map((each) => ({ screeningId: each.screeningId, booking: bookingOf(each) })),
      };
    }
    case 'seat-map': {
      const { seatMap } = await boxOffice.getSeatMap({ screeningId }, call);
      if (seatMap === undefined) throw new TypeError('an answer without its seat map');
      const states = new Uint8Array(layout.capacity).fill(SeatState.Free);
      for (const { seatId, state } of seatMap.seats) {
        const seat = layout.indexOf(seatId);
        if (seat === undefined) throw new TypeError(`a seat map with a seat ${seatId}`);
        states[seat] = state;
      }
      return { kind: 'seat-map', epoch: seatMap.epoch, revision: seatMap.revision, states };
    }
  }
}

function base({ screeningId, buyerId }: Asked): { screeningId: string; buyerId: string } {
  return { screeningId, buyerId };
}

function duration(ms: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}

function noFrom(error: unknown): Answer {
  if (!(error instanceof ApiError) || error.code === 'INTERNAL') return { kind: 'bug', error };
  const { code, reason, metadata } = error;
  if (failures.has(code) || reason === 'OVERLOADED') return { kind: 'failed', code, reason };
  const seats = error.details.flatMap((detail) =>
    detail.kind === 'precondition-failure'
      ? detail.violations.map(({ subject, type }) => ({ seatId: subject, why: type }))
      : [],
  );
  return { kind: 'refused', reason, metadata, seats };
}
