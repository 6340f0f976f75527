import { expect } from 'chai';
import { ListBookingsRequest } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { StoredBooking } from '../../../src/transport/api/catalogue.js';
import { seatQueries } from '../../../src/transport/api/seat-queries.js';
import { answer, Held, layout, states } from '../../streams/stage.js';

const call = { deadlineMs: Infinity };

function bookings(count: number): readonly StoredBooking[] {
  return Array.from({ length: count }, (_, index) => ({
    bookingId: `b${String(count - index)}`,
    screeningId: 's',
    buyerId: 'anna',
    seatIds: ['A1'],
    cancelled: false,
    createTimeMs: 1_000_000 - index,
    updateTimeMs: 1_000_000,
  }));
}

/** Queries, and what they asked of whom. */
function stage(rows: readonly StoredBooking[] = []) {
  const asked: string[] = [];
  const queries = seatQueries(
    {
      read: async (screeningId, _deadlineMs, see) => {
        asked.push(`map of ${screeningId}`);
        const given = states({ 1: Held });
        return see({ screeningId, layout, ...answer(2, 7, given), states: given, stale: true });
      },
    },
    {
      newest: async (buyerId, limit) => {
        asked.push(`newest ${String(limit)} of ${buyerId}`);
        return rows.slice(0, limit);
      },
      changed: () => asked.push('changed'),
    },
    {
      getBooking: () => Promise.resolve(undefined),
      listBookings: async (filter, after, limit) => {
        asked.push(`stored ${JSON.stringify(filter)} ${after === undefined ? 'first' : 'next'} ${String(limit)}`);
        return rows.filter(({ createTimeMs }) => createTimeMs < (after?.createTimeMs ?? Infinity)).slice(0, limit);
      },
    },
    { read: () => Promise.resolve([]) },
    { layout: () => Promise.resolve(undefined) },
  );
  const list = (request: Partial<ListBookingsRequest>) =>
    queries.listBookings(ListBookingsRequest.fromPartial(request), call);
  return { asked, queries, list };
}

describe('GetSeatMap', () => {
  it('shows what the reader shows', async () => {
    const { queries } = stage();
    const { seatMap } = await queries.getSeatMap({ screeningId: 's' }, call);
    expect(seatMap).to.deep.include({ screeningId: 's', epoch: 2, revision: 7, stale: true });
    expect(seatMap?.seats.map(({ seatId }) => seatId)).to.deep.equal(['A2']);
  });
});

describe('ListBookings', () => {
  it('takes the first page of a buyer from where the newest are, one more than the page to know of the next', async () => {
    const { asked, list } = stage(bookings(3));
    expect((await list({ buyerId: 'anna' })).bookings).to.have.length(3);
    const page = await list({ buyerId: 'anna', pageSize: 2 });
    expect(page.bookings.map(({ bookingId }) => bookingId)).to.deep.equal(['b3', 'b2']);
    expect(page.nextPageToken).to.not.equal('');
    expect((await list({ buyerId: 'anna', pageSize: 3 })).nextPageToken).to.equal('');
    expect(asked).to.deep.equal(['newest 51 of anna', 'newest 3 of anna', 'newest 4 of anna']);
  });

  it('takes everything else from the database', async () => {
    const { asked, list } = stage(bookings(3));
    const { nextPageToken: pageToken } = await list({ buyerId: 'anna', pageSize: 2 });
    asked.length = 0;
    const next = await list({ buyerId: 'anna', pageSize: 2, pageToken });
    expect(
      next.bookings.map(({ bookingId }) => bookingId),
      'goes on where the first page ended',
    ).to.deep.equal(['b1']);
    await list({ screeningId: 's' });
    await list({ screeningId: 's', buyerId: 'anna' });
    expect(asked).to.deep.equal([
      'stored {"buyerId":"anna"} next 3',
      'stored {"screeningId":"s"} first 51',
      'stored {"screeningId":"s","buyerId":"anna"} first 51',
    ]);
  });
});
