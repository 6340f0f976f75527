import { expect } from 'chai';
import type { ScreeningRow } from '../../src/transport/api/catalogue.js';
import {
  booking,
  claimedScreening,
  newAuditorium,
  newId,
  newScreening,
  TERMS,
  turn,
  type OpenFixture,
  type StorageFixture,
} from './fixture.js';

/** What every catalogue does: create once per request, page through everything once. */
export function catalogueContract(open: OpenFixture): void {
  let fixture: StorageFixture;
  before(async () => {
    fixture = await open();
  });
  after(() => fixture.close());

  describe('auditoriums', () => {
    it('come back as they were made, the plan to the letter', async () => {
      const auditorium = newAuditorium();
      const { requestId, fingerprint, seatingPlan, ...row } = auditorium;
      expect([requestId, fingerprint]).to.not.include('');
      expect(await fixture.storage.catalogue.createAuditorium(auditorium)).to.deep.equal({ kind: 'created', row });
      expect(await fixture.storage.catalogue.getAuditorium(row.auditoriumId)).to.deep.equal(row);
      expect(await fixture.storage.catalogue.loadSeatingPlan(row.auditoriumId)).to.equal(seatingPlan);
      expect(await fixture.storage.catalogue.getAuditorium(newId('nothing'))).to.equal(undefined);
      expect(await fixture.storage.catalogue.loadSeatingPlan(newId('nothing'))).to.equal(undefined);
    });

    it('are made once per request, however many ask at once', async () => {
      const auditorium = newAuditorium();
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => fixture.storage.catalogue.createAuditorium(auditorium)),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).to.equal(1);
      expect(answers[0]).to.include({ kind: 'created' });
    });

    it('tell a reused request from a taken id', async () => {
      const auditorium = newAuditorium();
      await fixture.storage.catalogue.createAuditorium(auditorium);
      const reused = { ...auditorium, fingerprint: 'other' };
      expect(await fixture.storage.catalogue.createAuditorium(reused)).to.deep.equal({ kind: 'request-reused' });
      const taken = { ...auditorium, requestId: newId('request') };
      expect(await fixture.storage.catalogue.createAuditorium(taken)).to.deep.equal({ kind: 'taken' });
    });

    it('are listed once each, by id', async () => {
      const made = [newAuditorium(), newAuditorium(), newAuditorium()];
      for (const auditorium of made) await fixture.storage.catalogue.createAuditorium(auditorium);
      const listed: string[] = [];
      for (;;) {
        const page = await fixture.storage.catalogue.listAuditoriums(listed.at(-1), 2);
        listed.push(...page.map(({ auditoriumId }) => auditoriumId));
        if (page.length < 2) break;
      }
      expect(listed).to.include.members(made.map(({ auditoriumId }) => auditoriumId));
      expect(listed).to.deep.equal([...new Set(listed)].sort());
    });
  });

  describe('screenings', () => {
    it('come back as they were made, with the first row of their journal', async () => {
      const { auditoriumId } = newAuditorium();
      await fixture.storage.catalogue.createAuditorium(newAuditorium({ auditoriumId }));
      const screening = newScreening(auditoriumId);
      const { screeningId, capacity, terms, createTimeMs } = screening;
      const row = { screeningId, auditoriumId, capacity, terms, createTimeMs, cancelled: false };
      expect(await fixture.storage.catalogue.createScreening(screening)).to.deep.equal({ kind: 'created', row });
      expect(await fixture.storage.catalogue.getScreening(screeningId)).to.deep.equal(row);
      const [first, ...rest] = await fixture.storage.journalReader.read(screeningId, 0, 10);
      expect(first).to.include({ revision: 1, epoch: 0 });
      expect(rest).to.deep.equal([]);
      expect(await fixture.storage.ownership.claim(screeningId)).to.deep.equal({ epoch: 1, revision: 1 });
    });

    it('are made once per request; a repeat does not touch the journal', async () => {
      const { auditoriumId } = newAuditorium();
      await fixture.storage.catalogue.createAuditorium(newAuditorium({ auditoriumId }));
      const screening = newScreening(auditoriumId);
      const create = (changes = {}) => fixture.storage.catalogue.createScreening({ ...screening, ...changes });
      const answers = await Promise.all([create(), create(), create()]);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).to.equal(1);
      expect(await create({ screeningId: newId('screening') }), 'the row it made').to.deep.equal(answers[0]);
      expect(await create({ fingerprint: 'other' })).to.deep.equal({ kind: 'request-reused' });
      expect(await create({ requestId: newId('request') })).to.deep.equal({ kind: 'taken' });
      const { screeningId, fingerprint, requestId } = screening;
      const { catalogue } = fixture.storage;
      expect(await catalogue.screeningMadeBy(requestId)).to.deep.equal({ screeningId, fingerprint });
      expect(await catalogue.screeningMadeBy(newId('request'))).to.equal(undefined);
      expect(await fixture.storage.journalReader.read(screening.screeningId, 0, 10)).to.have.length(1);
    });

    it('are listed once each, by start and then id', async () => {
      const { auditoriumId } = newAuditorium();
      await fixture.storage.catalogue.createAuditorium(newAuditorium({ auditoriumId }));
      const starts = [2_000_000_000_300, 2_000_000_000_100, 2_000_000_000_100, 2_000_000_000_200];
      for (const startsAtMs of starts) {
        await fixture.storage.catalogue.createScreening(
          newScreening(auditoriumId, { terms: { ...TERMS, startsAtMs } }),
        );
      }
      const listed: { startsAtMs: number; screeningId: string }[] = [];
      for (;;) {
        const page = await fixture.storage.catalogue.listScreenings({}, listed.at(-1), 1);
        listed.push(...page.map(({ terms, screeningId }) => ({ startsAtMs: terms.startsAtMs, screeningId })));
        if (page.length < 1) break;
      }
      expect(new Set(listed.map(({ screeningId }) => screeningId)).size).to.equal(listed.length);
      expect(listed.slice(-4).map(({ startsAtMs }) => startsAtMs)).to.deep.equal([...starts].sort((a, b) => a - b));
    });
  });

  describe('upcoming screenings', () => {
    const atMs = 1_850_000_000_000;
    const dayMs = 86_400_000;
    const hourMs = 3_600_000;
    /** [starts_at, sales_close_at] after the moment that is asked about; those that are upcoming. */
    const upcoming: readonly (readonly [number, number])[] = [
      [-dayMs, hourMs],
      [-hourMs, 1],
      [0, 1],
      [1, -hourMs],
      [1, 1],
      [7 * dayMs, 8 * dayMs],
    ];
    const over: readonly (readonly [number, number])[] = [
      [-30 * dayMs, -30 * dayMs],
      [-1 - dayMs, hourMs],
      [-hourMs, -hourMs],
      [-hourMs, 0],
      [0, 0],
    ];

    it('are those that have not begun, and those of a day that are still sold', async () => {
      const { catalogue } = fixture.storage;
      const { auditoriumId } = newAuditorium();
      await catalogue.createAuditorium(newAuditorium({ auditoriumId }));
      for (const [startsInMs, closesInMs] of [...over, ...upcoming]) {
        const terms = { ...TERMS, startsAtMs: atMs + startsInMs, salesOpenAtMs: 0, salesCloseAtMs: atMs + closesInMs };
        await catalogue.createScreening(newScreening(auditoriumId, { terms }));
      }
      for (const pageSize of [1, 3, 100]) {
        const listed: ScreeningRow[] = [];
        for (;;) {
          const last = listed.at(-1);
          const after = last && { startsAtMs: last.terms.startsAtMs, screeningId: last.screeningId };
          const page = await catalogue.listScreenings({ upcomingAtMs: atMs }, after, pageSize);
          listed.push(...page);
          if (page.length < pageSize) break;
        }
        // Other cases make screenings too.
        const mine = listed.filter((row) => row.auditoriumId === auditoriumId).map(({ terms }) => terms);
        expect(
          mine.map(({ startsAtMs, salesCloseAtMs }) => [startsAtMs - atMs, salesCloseAtMs - atMs]),
          `in pages of ${String(pageSize)}`,
        ).to.have.deep.members(upcoming);
        const starts = mine.map(({ startsAtMs }) => startsAtMs);
        expect(starts, 'by start').to.deep.equal([...starts].sort((a, b) => a - b));
      }
    });

    it('go on from a cursor that is over by now', async () => {
      const { catalogue } = fixture.storage;
      const [soonest] = await catalogue.listScreenings({ upcomingAtMs: atMs }, undefined, 1);
      const longAgo = { startsAtMs: atMs - 365 * dayMs, screeningId: 'long-ago' };
      expect(await catalogue.listScreenings({ upcomingAtMs: atMs }, longAgo, 1)).to.deep.equal([soonest]);
    });
  });

  describe('bookings', () => {
    it('are listed once each, newest first, by screening and by buyer', async () => {
      const [here, there] = [await claimedScreening(fixture.storage), await claimedScreening(fixture.storage)];
      const [anna, bela] = [newId('buyer'), newId('buyer')];
      const sold = [
        { ...booking(newId('b'), []), buyerId: anna, createTimeMs: 1_770_000_000_100, at: here },
        { ...booking(newId('b'), []), buyerId: bela, createTimeMs: 1_770_000_000_300, at: here },
        { ...booking(newId('b'), []), buyerId: anna, createTimeMs: 1_770_000_000_300, at: here },
        { ...booking(newId('b'), []), buyerId: anna, createTimeMs: 1_770_000_000_200, at: there },
      ];
      for (const screening of [here, there]) {
        const bookings = sold.filter(({ at }) => at === screening).map(({ at: _at, ...row }) => row);
        await fixture.storage.journalWriter.appendBatch(0, [
          turn(screening, 2, { projection: { bookings, seats: [], terms: undefined } }),
        ]);
      }
      const list = async (filter: { screeningId?: string; buyerId?: string }): Promise<readonly number[]> => {
        const listed: { createTimeMs: number; bookingId: string }[] = [];
        for (;;) {
          const page = await fixture.storage.catalogue.listBookings(filter, listed.at(-1), 1);
          listed.push(...page);
          if (page.length < 1)
            return listed.map(({ bookingId }) => sold.findIndex((row) => row.bookingId === bookingId));
        }
      };
      const tie = (sold[1]?.bookingId ?? '') > (sold[2]?.bookingId ?? '') ? [1, 2] : [2, 1];
      expect(await list({ screeningId: here.id })).to.deep.equal([...tie, 0]);
      expect(await list({ buyerId: anna })).to.deep.equal([2, 3, 0]);
      expect(await list({ screeningId: here.id, buyerId: anna })).to.deep.equal([2, 0]);
      expect(await list({ screeningId: newId('nothing') })).to.deep.equal([]);
    });

    it('are refused without a filter or with a page beyond the limit', async () => {
      const { catalogue } = fixture.storage;
      const fails = async (run: () => Promise<unknown>): Promise<unknown> => {
        try {
          return await run();
        } catch (error) {
          return error;
        }
      };
      expect(await fails(() => catalogue.listBookings({}, undefined, 1))).to.be.instanceOf(RangeError);
      expect(await fails(() => catalogue.listBookings({ buyerId: 'a' }, undefined, 1_002))).to.be.instanceOf(
        RangeError,
      );
      expect(await fails(() => Promise.resolve().then(() => catalogue.listAuditoriums(undefined, 0)))).to.be.instanceOf(
        RangeError,
      );
    });
  });
}
