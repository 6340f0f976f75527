import { expect } from 'chai';
import { encodeTurn } from '../../actors/screening/codec.js';
import type { ScreeningEvent } from '../../actors/screening/events.js';
import { auditJournal } from '../../bench/audit.js';

const origin = { requestId: '00000000-0000-4000-8000-000000000001', fingerprintHigh: 0, fingerprintLow: 0 };

const held = (holdToken: string, seats: readonly number[]): ScreeningEvent => ({
  kind: 'seats-held',
  origin,
  holdToken,
  buyerId: 'buyer',
  seats,
  expireAfterMs: 1_000,
  maxExpireAfterMs: 1_000,
});
const confirmed = (holdToken: string, bookingId: string, seats: readonly number[]): ScreeningEvent => ({
  kind: 'hold-confirmed',
  origin,
  holdToken,
  bookingId,
  seats,
});
const expired = (holdToken: string, seats: readonly number[]): ScreeningEvent => ({
  kind: 'hold-expired',
  holdToken,
  seats,
});
const booked = (bookingId: string, seats: readonly number[]): ScreeningEvent => ({
  kind: 'seats-booked',
  origin,
  bookingId,
  buyerId: 'buyer',
  seats,
});
const cancelled = (bookingId: string, seats: readonly number[]): ScreeningEvent => ({
  kind: 'booking-cancelled',
  origin,
  bookingId,
  seats,
});
/** Tokens and booking ids are 22 letters in the journal. */
const token = (name: string): string => name.padEnd(22, 'A');
const [hold1, hold2, hold3] = [token('hold1'), token('hold2'), token('hold3')];
const [booking1, booking2] = [token('booking1'), token('booking2')];

const journal = (...events: readonly ScreeningEvent[]): readonly Uint8Array[] =>
  events.map((event, index) => encodeTurn(index + 1, [event]));

describe('the sweep of a journal after a run', () => {
  const nothingKept = { kept: [] };

  it('finds nothing wrong with a seat that is sold, given back and sold again', () => {
    const turns = journal(
      held(hold1, [4]),
      confirmed(hold1, booking1, [4]),
      cancelled(booking1, [4]),
      held(hold2, [4]),
      confirmed(hold2, booking2, [4]),
    );
    const given = [hold1, booking1, hold2, booking2].map((owner) => ({ owner, seat: 4 }));
    const kept = [{ owner: booking2, seat: 4 }];
    expect(auditJournal(turns, { given, kept })).to.deep.equal({ oversold: 0, taken: 1, lost: 0 });
  });

  it('finds a seat that a second hold took while the first had it', () => {
    const turns = journal(held(hold1, [4, 5]), held(hold2, [5]));
    expect(auditJournal(turns, { given: [], ...nothingKept }).oversold).to.equal(1);
  });

  it('finds a hold that was confirmed after it had expired and another had its seat', () => {
    const turns = journal(held(hold1, [4]), expired(hold1, [4]), held(hold2, [4]), confirmed(hold1, booking1, [4]));
    expect(auditJournal(turns, { given: [], ...nothingKept }).oversold).to.equal(1);
  });

  it('finds the same when the other had booked it', () => {
    const turns = journal(
      held(hold1, [4]),
      expired(hold1, [4]),
      booked(booking2, [4]),
      confirmed(hold1, booking1, [4]),
    );
    expect(auditJournal(turns, { given: [], ...nothingKept }).oversold).to.equal(1);
  });

  it('finds a seat that was freed by the end of a hold that did not have it any more', () => {
    const turns = journal(
      held(hold1, [4]),
      expired(hold1, [4]),
      held(hold2, [4]),
      expired(hold1, [4]),
      held(hold3, [4]),
    );
    expect(auditJournal(turns, { given: [], ...nothingKept }).oversold).to.equal(1);
  });

  it('finds a confirmation of a hold that there never was', () => {
    const turns = journal(confirmed(hold1, booking1, [4]));
    expect(auditJournal(turns, { given: [], ...nothingKept }).oversold).to.equal(1);
  });

  it('finds a booking that was cancelled by another than its owner', () => {
    const turns = journal(booked(booking1, [4]), cancelled(booking2, [4]));
    expect(auditJournal(turns, { given: [], ...nothingKept }).oversold).to.equal(1);
  });

  it('finds a hold and a booking that were promised and never written', () => {
    const given = [
      { owner: hold1, seat: 4 },
      { owner: booking1, seat: 4 },
    ];
    expect(auditJournal(journal(held(hold1, [4])), { given, ...nothingKept }).lost).to.equal(1);
    expect(auditJournal([], { given, ...nothingKept }).lost).to.equal(2);
  });

  it('finds a promise whose seat is another in the journal', () => {
    const given = [{ owner: hold1, seat: 5 }];
    expect(auditJournal(journal(held(hold1, [4])), { given, ...nothingKept }).lost).to.equal(1);
  });

  it('finds a booking that nobody gave back and that is gone all the same', () => {
    const turns = journal(held(hold1, [4]), confirmed(hold1, booking1, [4]), cancelled(booking1, [4]));
    const given = [{ owner: booking1, seat: 4 }];
    expect(auditJournal(turns, { given, kept: given }).lost).to.equal(1);
  });
});
