import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  BookSeatsRequest,
  CancelBookingRequest,
  ConfirmHoldRequest,
  HoldSeatsRequest,
} from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { openBoxOffice, type BoxOffice, type BuyerBookings } from '../../../src/transport/api/index.js';
import type { BoxOfficePorts } from '../../../src/transport/api/open-box-office.js';
import { manualClock } from '../../runtime/manual-clock.js';
import { FakeStreams } from '../http/support/fake-streams.js';

/** A box office whose screenings answer what they are told to. */
function boxOffice(buyerBookings: BuyerBookings, router: BoxOfficePorts['router']): BoxOffice {
  const missing = (): never => {
    throw new Error('not part of this');
  };
  return openBoxOffice({
    router,
    buyerBookings,
    streams: new FakeStreams({}),
    catalogue: {
      createAuditorium: missing,
      getAuditorium: missing,
      listAuditoriums: missing,
      loadSeatingPlan: missing,
      createScreening: missing,
      screeningMadeBy: missing,
      getScreening: missing,
      listScreenings: missing,
      getBooking: missing,
      listBookings: missing,
    },
    plans: { plan: missing, place: missing, layout: missing },
    planFormat: { parse: missing, text: missing, categories: missing },
    clock: manualClock(),
    randomness: { token: () => 'token', fraction: () => 0 },
    defaultLimits: { maxSeatsPerRequest: 1, maxSeatsPerBuyer: 1, holdTtlMs: 1_000, holdLifetimeMaxMs: 1_000 },
    journal: { read: missing },
    onBug: () => undefined,
  });
}

describe('a box office', () => {
  it('notes whose bookings it is about to tell of, also when it does not know what became of them', async () => {
    const told: string[] = [];
    const buyerBookings = {
      newest: () => Promise.resolve([]),
      changed: (buyerId: string) => told.push(`changed ${buyerId}`),
    };
    const office = boxOffice(buyerBookings, {
      submit: (_id, { command, settle }) => {
        told.push(command.kind);
        settle({ kind: 'failed', failure: { kind: 'deadline-exceeded' } });
      },
    });
    const ids = { requestId: randomUUID(), screeningId: 's', buyerId: 'anna' };
    const ask = async (asking: Promise<unknown>): Promise<void> => {
      await asking.then(
        () => told.push('answered'),
        () => told.push('failed'),
      );
    };
    const call = { deadlineMs: Infinity };
    await ask(office.confirmHold(ConfirmHoldRequest.fromPartial({ ...ids, holdToken: 't' }), call));
    await ask(office.bookSeats(BookSeatsRequest.fromPartial({ ...ids, seatIds: ['A1'] }), call));
    await ask(office.cancelBooking(CancelBookingRequest.fromPartial({ ...ids, bookingId: 'b' }), call));
    await ask(office.holdSeats(HoldSeatsRequest.fromPartial({ ...ids, seatIds: ['A1'] }), call));
    expect(told).to.deep.equal([
      ...['confirm-hold', 'changed anna', 'failed'],
      ...['book-seats', 'changed anna', 'failed'],
      ...['cancel-booking', 'changed anna', 'failed'],
      ...['hold-seats', 'failed'],
    ]);
  });
});
