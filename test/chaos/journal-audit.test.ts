import { expect } from 'chai';
import { againstHistory, againstSights, type Sight } from './journal-audit.js';
import type { Deed, Journal } from './journals.js';
import { history, refused, was, type Told } from './linearizability/told.js';

const nothing = new Map<string, never>();

function journalOf(
  deeds: Readonly<Record<string, readonly Deed[]>>,
  taken: readonly string[] = [],
): Map<string, Journal> {
  const journal: Journal = {
    screeningId: 's',
    lastRevision: taken.length,
    takenAt: (revision) => taken[revision - 1],
    epochAt: (revision) => (revision <= taken.length ? revision : undefined),
    deeds: new Map(Object.entries(deeds)),
    holders: nothing,
    problems: [],
  };
  return new Map([['s', journal]]);
}

describe('The audit of journals', () => {
  describe('against what callers were told', () => {
    const sale: Told = { ...was.booked([0, 10], 'anna', 'A1 A2', 'b1', { revision: 2 }), requestId: 'q' };
    const deed = { revision: 2, id: 'b1', seatIds: ['A1', 'A2'] };
    const found = (told: Told, ...deeds: readonly Deed[]): string =>
      againstHistory(journalOf(deeds.length === 0 ? {} : { q: deeds }), history(told)).join();

    it('finds nothing when the journal has what was acknowledged', () => {
      expect(found(sale, deed)).to.equal('');
    });

    it('finds what was acknowledged and is lost', () => {
      expect(found(sale)).to.include('was acknowledged and is lost');
    });

    it('finds what happened twice, or otherwise than was told', () => {
      expect(found(sale, deed, { ...deed, revision: 3 })).to.include('more than once');
      expect(found(sale, { ...deed, revision: 3 })).to.include('was told as');
      expect(found(sale, { ...deed, id: 'b2' })).to.include('was told as');
      expect(found(sale, { ...deed, seatIds: ['A1'] })).to.include('was told as');
    });

    it('finds what was refused and happened, unless an earlier attempt was under way', () => {
      const no = { ...was.instead(sale, refused('SEAT_UNAVAILABLE')), requestId: 'q' };
      expect(found(no)).to.equal('');
      expect(found(no, deed)).to.include('was refused and happened');
      expect(found(was.repeated(no), deed)).to.equal('');
    });

    it('lets what nobody heard of happen or not', () => {
      const unheard = { ...was.unanswered(sale), requestId: 'q' };
      expect(found(unheard) + found(unheard, deed)).to.equal('');
    });
  });

  describe('against what viewers were shown', () => {
    const journals = journalOf({}, ['', 'A1 HELD', 'A1 BOOKED']);
    const sight = (revision: number, taken: string, more: Partial<Sight> = {}): Sight => ({
      ...{ viewer: 'v', screeningId: 's', revision, epoch: 3, taken },
      ...more,
    });

    it('finds nothing when they saw what was committed, in order', () => {
      expect(againstSights(journals, [sight(1, ''), sight(3, 'A1 BOOKED'), sight(3, 'A1 BOOKED')])).to.deep.equal([]);
      const other = { viewer: 'w' };
      expect(againstSights(journals, [sight(3, 'A1 BOOKED'), sight(1, '', other)])).to.deep.equal([]);
    });

    it('finds what was never committed', () => {
      expect(againstSights(journals, [sight(2, 'A1 BOOKED')]).join()).to.include('committed was A1 HELD');
      expect(againstSights(journals, [sight(4, 'A1 BOOKED')]).join()).to.include('committed was undefined');
      expect(againstSights(journals, [sight(3, 'A1 BOOKED', { epoch: 2 })]).join()).to.include('a later epoch wrote');
    });

    it('finds a viewer who is taken back', () => {
      expect(againstSights(journals, [sight(3, 'A1 BOOKED'), sight(2, 'A1 HELD')]).join()).to.include('after r3');
      const [newer, older] = [sight(2, 'A1 HELD', { epoch: 4 }), sight(2, 'A1 HELD', { epoch: 3 })];
      expect(againstSights(journals, [newer, older]).join()).to.include('of epoch 4');
    });
  });
});
