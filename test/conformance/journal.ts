import { expect } from 'chai';
import {
  booking,
  bytes,
  claimedScreening,
  newId,
  sale,
  TERMS,
  text,
  turn,
  type OpenFixture,
  type StorageFixture,
} from './fixture.js';

/** What every journal does: fencing, contiguity, and read tables that stand or fall with their row. */
export function journalContract(open: OpenFixture): void {
  let fixture: StorageFixture;
  before(async () => {
    fixture = await open();
  });
  after(() => fixture.close());

  const append = (...turns: readonly ReturnType<typeof turn>[]) => fixture.storage.journalWriter.appendBatch(0, turns);
  const revisions = async (id: string): Promise<readonly number[]> =>
    (await fixture.storage.journalReader.read(id, 0, 100)).map(({ revision }) => revision);

  describe('append', () => {
    it('keeps events, epoch and revision', async () => {
      const screening = await claimedScreening(fixture.storage);
      const events = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);
      expect(await append(turn(screening, 2, { events }))).to.deep.equal(['committed']);
      const [created, row] = await fixture.storage.journalReader.read(screening.id, 0, 10);
      expect(created && text(created.events)).to.equal('created');
      expect(row).to.include({ revision: 2, epoch: screening.epoch });
      expect(row && Buffer.from(row.events).equals(events)).to.equal(true);
    });

    it('keeps each turn of a batch in its own screening, empty ones too', async () => {
      const [a, b, c] = [
        await claimedScreening(fixture.storage),
        await claimedScreening(fixture.storage),
        await claimedScreening(fixture.storage),
      ];
      const results = await append(
        turn(a, 2, { events: bytes('for a') }),
        turn(b, 2, { events: bytes('') }),
        turn(c, 2, { events: bytes('and for c') }),
      );
      expect(results).to.deep.equal(['committed', 'committed', 'committed']);
      const stored = await Promise.all([a, b, c].map(({ id }) => fixture.storage.journalReader.read(id, 1, 10)));
      expect(stored.map((rows) => rows.map(({ events }) => text(events)))).to.deep.equal([
        ['for a'],
        [''],
        ['and for c'],
      ]);
    });

    it('answers an empty batch with nothing', async () => {
      expect(await append()).to.deep.equal([]);
    });

    it('takes two turns of one screening in a batch for a bug', async () => {
      const screening = await claimedScreening(fixture.storage);
      const error = await append(turn(screening, 2), turn(screening, 3)).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(RangeError);
    });

    it('reads on from a revision, as many as asked for', async () => {
      const screening = await claimedScreening(fixture.storage);
      for (const revision of [2, 3, 4, 5]) await append(turn(screening, revision));
      const page = await fixture.storage.journalReader.read(screening.id, 2, 2);
      expect(page.map(({ revision }) => revision)).to.deep.equal([3, 4]);
      expect(await fixture.storage.journalReader.read(screening.id, 5, 2)).to.deep.equal([]);
    });
  });

  describe('fence', () => {
    it('refuses the epoch of an owner that was replaced', async () => {
      const old = await claimedScreening(fixture.storage);
      const { epoch = 0 } = (await fixture.storage.ownership.claim(old.id)) ?? {};
      expect(await append(turn(old, 2))).to.deep.equal(['fenced']);
      expect(await append(turn({ id: old.id, epoch }, 2))).to.deep.equal(['committed']);
      expect(await append(turn(old, 3))).to.deep.equal(['fenced']);
      expect(await revisions(old.id)).to.deep.equal([1, 2]);
    });

    it('refuses an epoch that was never given', async () => {
      const { id, epoch } = await claimedScreening(fixture.storage);
      expect(await append(turn({ id, epoch: epoch + 1 }, 2))).to.deep.equal(['fenced']);
      expect(await append(turn({ id: newId('nothing'), epoch: 1 }, 2))).to.deep.equal(['fenced']);
    });

    it('refuses a gap and a revision that is taken', async () => {
      const screening = await claimedScreening(fixture.storage);
      expect(await append(turn(screening, 3))).to.deep.equal(['fenced']);
      expect(await append(turn(screening, 2))).to.deep.equal(['committed']);
      expect(await append(turn(screening, 2, { events: bytes('another') }))).to.deep.equal(['fenced']);
      expect(await revisions(screening.id)).to.deep.equal([1, 2]);
    });

    it('keeps the other turns of the batch, and no row of the fenced one', async () => {
      const [good, stale] = [await claimedScreening(fixture.storage), await claimedScreening(fixture.storage)];
      await fixture.storage.ownership.claim(stale.id);
      const [soldHere, soldThere] = [newId('booking'), newId('booking')];
      const results = await append(
        turn(stale, 2, {
          projection: { ...sale(soldThere, ['A1']), terms: { terms: { ...TERMS, title: 'stale' }, cancelled: true } },
        }),
        turn(good, 2, { projection: sale(soldHere, ['A1']) }),
      );
      expect(results).to.deep.equal(['fenced', 'committed']);
      expect(await fixture.bookedSeats(stale.id)).to.deep.equal({});
      expect(await fixture.bookedSeats(good.id)).to.deep.equal({ A1: soldHere });
      expect(await fixture.storage.catalogue.getBooking(soldThere)).to.equal(undefined);
      expect(await fixture.storage.catalogue.getScreening(stale.id)).to.deep.include({
        cancelled: false,
        terms: TERMS,
      });
    });
  });

  describe('read tables', () => {
    it('show bookings as the turn left them', async () => {
      const screening = await claimedScreening(fixture.storage);
      const id = newId('booking');
      const seatIds = ['A "1"', 'B\\2', 'C,3', 'NULL', '{}'];
      await append(turn(screening, 2, { projection: sale(id, seatIds) }));
      expect(await fixture.storage.catalogue.getBooking(id)).to.deep.equal({
        ...booking(id, seatIds),
        screeningId: screening.id,
      });
      const seats = seatIds.map((seatId) => ({ seatId, from: id, to: null }));
      const cancelled = booking(id, [], { cancelled: true, updateTimeMs: 1_770_000_000_999 });
      await append(turn(screening, 3, { projection: { bookings: [cancelled], seats, terms: undefined } }));
      expect(await fixture.storage.catalogue.getBooking(id)).to.deep.equal({ ...cancelled, screeningId: screening.id });
      expect(await fixture.bookedSeats(screening.id)).to.deep.equal({});
    });

    it('pass a seat from one booking to another in one turn', async () => {
      const screening = await claimedScreening(fixture.storage);
      const [first, second] = [newId('booking'), newId('booking')];
      await append(turn(screening, 2, { projection: sale(first, ['A1', 'A2']) }));
      const projection = {
        bookings: [booking(first, ['A2']), booking(second, ['A1', 'A3'])],
        seats: [
          { seatId: 'A1', from: first, to: second },
          { seatId: 'A3', from: null, to: second },
        ],
        terms: undefined,
      };
      expect(await append(turn(screening, 3, { projection }))).to.deep.equal(['committed']);
      expect(await fixture.bookedSeats(screening.id)).to.deep.equal({ A1: second, A2: first, A3: second });
    });

    it('show the new terms of a screening', async () => {
      const screening = await claimedScreening(fixture.storage);
      const terms = { ...TERMS, title: 'Nosferatu', startsAtMs: 1_950_000_000_123, maxSeatsPerBuyer: 2 };
      await append(turn(screening, 2, { projection: { bookings: [], seats: [], terms: { terms, cancelled: true } } }));
      expect(await fixture.storage.catalogue.getScreening(screening.id)).to.deep.include({ terms, cancelled: true });
    });

    const refused = [
      { what: 'a second sale of a seat', change: { seatId: 'A1', from: null, to: 'other' } },
      { what: 'giving back a seat of another booking', change: { seatId: 'A1', from: 'other', to: null } },
      { what: 'giving back a seat nobody booked', change: { seatId: 'B1', from: 'other', to: null } },
      { what: 'passing on a seat of another booking', change: { seatId: 'A1', from: 'other', to: 'third' } },
    ];
    for (const { what, change } of refused) {
      it(`refuse ${what}, with everything else of the turn`, async () => {
        const screening = await claimedScreening(fixture.storage);
        const [mine, wrong] = [newId('booking'), newId('booking')];
        await append(turn(screening, 2, { projection: sale(mine, ['A1']) }));
        const projection = { ...sale(wrong, ['A9']), seats: [...sale(wrong, ['A9']).seats, change] };
        expect(await append(turn(screening, 3, { projection }))).to.deep.equal(['conflict']);
        expect(await fixture.bookedSeats(screening.id)).to.deep.equal({ A1: mine });
        expect(await fixture.storage.catalogue.getBooking(wrong)).to.equal(undefined);
        expect(await revisions(screening.id)).to.deep.equal([1, 2]);
        expect(await append(turn(screening, 3))).to.deep.equal(['committed']);
      });
    }

    it('refuse a booking that belongs to another screening', async () => {
      const [a, b] = [await claimedScreening(fixture.storage), await claimedScreening(fixture.storage)];
      const id = newId('booking');
      await append(turn(a, 2, { projection: sale(id, ['A1']) }));
      expect(await append(turn(b, 2, { projection: sale(id, ['A1']) }))).to.deep.equal(['conflict']);
      expect(await fixture.storage.catalogue.getBooking(id)).to.deep.include({ screeningId: a.id });
    });

    it('do not let one culprit keep a batch from being committed', async () => {
      const screenings: { id: string; epoch: number }[] = [];
      for (let count = 0; count < 5; count += 1) screenings.push(await claimedScreening(fixture.storage));
      const culprit = screenings[2] ?? { id: '', epoch: 0 };
      const stale = screenings[3] ?? { id: '', epoch: 0 };
      await append(turn(culprit, 2, { projection: sale(newId('booking'), ['A1']) }));
      await fixture.storage.ownership.claim(stale.id);
      const results = await append(
        ...screenings.map((screening) =>
          turn(screening, screening === culprit ? 3 : 2, { projection: sale(newId('booking'), ['A1']) }),
        ),
      );
      expect(results).to.deep.equal(['committed', 'committed', 'conflict', 'fenced', 'committed']);
    });
  });
}
