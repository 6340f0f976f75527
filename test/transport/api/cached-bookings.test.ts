import { expect } from 'chai';
import { bookingsKey } from '../../../src/streams/index.js';
import type { StoredBooking } from '../../../src/transport/api/catalogue.js';
import { CachedBookings, storedBookings } from '../../../src/transport/api/index.js';
import { manualClock } from '../../runtime/manual-clock.js';
import { SharedCache } from '../../streams/shared-cache.js';

/** A database with bookings, newest first, the cache, and nodes that read through it. */
function stage() {
  const clock = manualClock();
  const cache = new SharedCache();
  const rows: StoredBooking[] = [];
  const asked: number[] = [];
  const unreadable: string[] = [];
  const stored = storedBookings({
    listBookings: async ({ buyerId }, _after, limit) => {
      asked.push(limit);
      return rows.filter((row) => row.buyerId === buyerId).slice(0, limit);
    },
  });
  const node = () =>
    new CachedBookings(
      { stored, cache, clock, unreadable: (key) => unreadable.push(key) },
      { cacheTtlMs: 5_000, rememberedReadsMax: 2 },
    );
  /** A sale; the bus carries its invalidation unless it is lost. */
  const sell = (buyerId: string, { lost = false } = {}): void => {
    const number = rows.length + 1;
    rows.unshift({
      bookingId: `b${String(number)}`,
      screeningId: 's',
      buyerId,
      seatIds: number % 7 === 0 ? [] : [`1-${String(number)}`],
      cancelled: number % 7 === 0,
      createTimeMs: 1_000 + number,
      updateTimeMs: 2_000 + number,
    });
    if (!lost) cache.invalidate([bookingsKey(buyerId)]);
  };
  return { clock, cache, rows, asked, unreadable, node, sell };
}

describe('the bookings of a buyer, through the cache', () => {
  it('are as stored, and read from the database once for all nodes and page sizes', async () => {
    const { rows, asked, node, sell } = stage();
    for (let sale = 0; sale < 9; sale += 1) sell('anna');
    sell('berta');
    const annas = rows.filter(({ buyerId }) => buyerId === 'anna');
    const [bookings, elsewhere] = [node(), node()];
    for (const limit of [51, 3, 1, 9, 10, 1_001]) {
      expect(await bookings.newest('anna', limit)).to.deep.equal(annas.slice(0, limit));
      expect(await elsewhere.newest('anna', limit)).to.deep.equal(annas.slice(0, limit));
    }
    expect(asked).to.deep.equal([51]);
    expect(await bookings.newest('berta', 51)).to.have.length(1);
    expect(await bookings.newest('clara', 51)).to.deep.equal([]);
    expect(await bookings.newest('clara', 51), 'none is an answer as well').to.deep.equal([]);
    expect(asked).to.deep.equal([51, 51, 51]);
  });

  it('are read again after a sale', async () => {
    const { node, sell } = stage();
    const bookings = node();
    sell('anna');
    expect(await bookings.newest('anna', 51)).to.have.length(1);
    sell('anna');
    expect(await bookings.newest('anna', 51)).to.have.length(2);
  });

  it('are kept only up to the default page; larger pages of who has more come from the database', async () => {
    const { asked, rows, node, sell } = stage();
    for (let sale = 0; sale < 60; sale += 1) sell('anna');
    const bookings = node();
    expect(await bookings.newest('anna', 101)).to.deep.equal(rows);
    expect(await bookings.newest('anna', 51)).to.deep.equal(rows.slice(0, 51));
    expect(asked).to.deep.equal([101]);
    expect(await bookings.newest('anna', 52), 'not cut short').to.deep.equal(rows.slice(0, 52));
    expect(asked).to.deep.equal([101, 52]);
  });

  it('are complete when they are exactly as many as are kept', async () => {
    for (const [limit, expectedAsked] of [
      [51, [51, 101]],
      [101, [101]],
    ] as const) {
      const { asked, node, sell } = stage();
      for (let sale = 0; sale < 51; sale += 1) sell('anna');
      const bookings = node();
      expect(await bookings.newest('anna', limit)).to.have.length(51);
      expect(await bookings.newest('anna', 101)).to.have.length(51);
      expect(asked).to.deep.equal(expectedAsked);
    }
  });

  it('are not kept when a sale overtook them', async () => {
    const { cache, node, sell } = stage();
    cache.beforeWrite = () => {
      cache.beforeWrite = () => undefined;
      sell('anna');
    };
    const bookings = node();
    expect(await bookings.newest('anna', 51)).to.have.length(0);
    expect(await bookings.newest('anna', 51)).to.have.length(1);
  });

  it('have what their buyer was told of by this node, though its invalidation was lost', async () => {
    const { clock, cache, node, sell } = stage();
    const [bookings, elsewhere] = [node(), node()];
    await bookings.newest('anna', 51);
    sell('anna', { lost: true });
    bookings.changed('anna');
    expect(await bookings.newest('anna', 51)).to.have.length(1);
    expect(await elsewhere.newest('anna', 51), 'what is not promised').to.have.length(0);
    await clock.pass(9_999);
    expect(await bookings.newest('anna', 51)).to.have.length(1);
    await clock.pass(1);
    cache.invalidate([bookingsKey('anna')]);
    await bookings.newest('anna', 51);
    expect(cache.holds(bookingsKey('anna')), 'the cache is good again').to.equal(true);
  });

  it('remember so many buyers and no more', async () => {
    const { node, sell } = stage();
    const bookings = node();
    await bookings.newest('anna', 51);
    sell('anna', { lost: true });
    for (const buyer of ['anna', 'berta', 'clara']) bookings.changed(buyer);
    expect(await bookings.newest('anna', 51)).to.have.length(0);
  });

  it('come from the database while the cache is away', async () => {
    const { cache, asked, node, sell } = stage();
    sell('anna');
    cache.isAway = true;
    const bookings = node();
    for (let read = 0; read < 2; read += 1) expect(await bookings.newest('anna', 51)).to.have.length(1);
    expect(asked).to.have.length(2);
  });

  it('are never those of somebody else, nor garbage, whatever the cache holds', async () => {
    const { cache, node, sell, unreadable } = stage();
    sell('berta');
    const bookings = node();
    await bookings.newest('berta', 51);
    const bertas = cache.entries.get(bookingsKey('berta'));
    if (bertas === undefined) throw new Error('nothing was kept');
    const key = bookingsKey('anna');
    for (const entry of [bertas, { value: Buffer.from('garbage') }, { value: Buffer.from('0a020a00', 'hex') }]) {
      cache.entries.set(key, entry);
      expect(await bookings.newest('anna', 51)).to.deep.equal([]);
    }
    expect(unreadable).to.deep.equal([key, key, key]);
  });
});
