import { snapshotOf } from './snapshot-of.js';
import { expect } from 'chai';
import { decodeTurn, encodeTurn, JOURNAL_FORMAT, UnreadableJournal } from '../../../actors/screening/codec.js';
import type { Origin, ScreeningEvent } from '../../../actors/screening/events.js';
import { seatLayout } from '../../../actors/screening/seat-layout.js';
import { decodeSnapshot } from '../../../actors/screening/snapshot-codec.js';
import { Event, Snapshot, Turn } from '../../../proto/gen/cinema/journal/v1/screening_journal.js';
import { ask } from './ask.js';
import { openingMs, Stage, terms } from './stage.js';

const origin: Origin = {
  requestId: '6f0f1a3e-94c1-4f5d-8a0e-1f3f6f1a2b3c',
  fingerprintHigh: -1,
  fingerprintLow: -0x80000000,
};

const events: readonly ScreeningEvent[] = [
  { kind: 'screening-created', terms, blockedSeats: [0, 199_999] },
  { kind: 'screening-updated', origin, terms: { ...terms, title: 'Зал 10 – Ночь 🎬' } },
  { kind: 'screening-cancelled', origin },
  {
    kind: 'seats-held',
    origin,
    holdToken: 'token',
    buyerId: 'anna',
    seats: [1, 2],
    expireAfterMs: 1,
    maxExpireAfterMs: 2 ** 32 - 1,
  },
  { kind: 'hold-extended', origin, holdToken: 'token', expireAfterMs: 5 },
  { kind: 'hold-released', origin, holdToken: 'token', seats: [1] },
  { kind: 'hold-released', origin: undefined, holdToken: 'token', seats: [2] },
  { kind: 'hold-expired', holdToken: 'token', seats: [7] },
  { kind: 'hold-confirmed', origin, holdToken: 'token', bookingId: 'booking', seats: [3, 4] },
  { kind: 'seats-booked', origin, bookingId: 'booking', buyerId: 'berta', seats: [5] },
  { kind: 'booking-cancelled', origin, bookingId: 'booking', seats: [] },
];

describe('journal rows as bytes', () => {
  it('give back every kind of event as it was', () => {
    expect(decodeTurn(encodeTurn(openingMs, events))).to.deep.equal({ timeMs: openingMs, events });
  });

  it('are the same bytes for the same turn', () => {
    expect(encodeTurn(openingMs, events)).to.deep.equal(encodeTurn(openingMs, [...events]));
  });

  it('of another format are refused', () => {
    for (const format of [0, JOURNAL_FORMAT + 1]) {
      const bytes = Turn.encode({ format, timeMs: 1, events: [], eventCount: 0 }).finish();
      expect(() => decodeTurn(bytes)).to.throw(UnreadableJournal, `journal format ${format} is not ${JOURNAL_FORMAT}`);
    }
  });

  it('with an event of an unknown kind are refused', () => {
    // Field 99 of Event, empty: what a newer program might write without raising the format.
    const unknown = Turn.encode({
      format: JOURNAL_FORMAT,
      timeMs: 1,
      events: [Event.decode(Uint8Array.of(0x9a, 6, 0))],
      eventCount: 1,
    });
    expect(() => decodeTurn(unknown.finish())).to.throw(UnreadableJournal, 'do not know'.replace('do', 'does'));
  });

  it('with an event that lacks its origin or its terms are refused', () => {
    const broken: readonly Event['event'][] = [
      { $case: 'screeningCancelled', value: { origin: undefined } },
      { $case: 'screeningCreated', value: { terms: undefined, blockedSeats: [] } },
    ];
    for (const event of broken) {
      const bytes = Turn.encode({ format: JOURNAL_FORMAT, timeMs: 1, events: [{ event }], eventCount: 1 }).finish();
      expect(() => decodeTurn(bytes)).to.throw(UnreadableJournal);
    }
  });

  it('cut short between two events are refused', () => {
    const whole = encodeTurn(openingMs, events);
    const short = Turn.decode(whole);
    short.events.pop();
    expect(() => decodeTurn(Turn.encode(short).finish())).to.throw(UnreadableJournal, 'not whole');
  });

  it('cut short are refused, wherever the cut is inside an event', () => {
    for (const event of events) {
      const whole = encodeTurn(openingMs, [event]);
      const withoutEvent = encodeTurn(openingMs, []).length;
      for (let length = withoutEvent + 1; length < whole.length; length += 1) {
        expect(() => decodeTurn(whole.subarray(0, length)), `${event.kind} at ${length}`).to.throw(UnreadableJournal);
      }
    }
  });

  it('of garbage are refused', () => {
    expect(() => decodeTurn(new Uint8Array())).to.throw(UnreadableJournal);
    expect(() => decodeTurn(Buffer.from('not a turn at all'))).to.throw(UnreadableJournal);
  });
});

describe('snapshots as bytes', () => {
  const layout = seatLayout(['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'B4']);
  const lived = () =>
    new Stage({ blockedSeats: [7] }).given(
      ask.hold('anna', ['A1', 'A2']),
      ask.book('berta', ['B1', 'B2']),
      ask.cancelBooking('berta', 't2', ['B1']),
      ask.release('anna', 't1', ['A2']),
      ask.hold('carl', ['A3']),
      ask.release('carl', 't5'),
      ask.update({ title: 'Other' }),
    );

  it('restore to a screening with the same bytes, the same deadline and the same seats', () => {
    const stage = lived();
    const restored = stage.restored();
    expect(snapshotOf(restored)).to.deep.equal(snapshotOf(stage.screening));
    expect(restored.wakeAtMs).to.equal(stage.screening.wakeAtMs);
    expect(restored.revision).to.equal(stage.screening.revision);
  });

  it('of another format or another layout are refused', () => {
    const snapshot = Snapshot.decode(snapshotOf(lived().screening));
    const other = Snapshot.encode({ ...snapshot, format: JOURNAL_FORMAT + 1 }).finish();
    expect(() => decodeSnapshot(layout, other, 1)).to.throw(UnreadableJournal, 'format');
    expect(() => decodeSnapshot(seatLayout(['A1']), Snapshot.encode(snapshot).finish(), 1)).to.throw(
      UnreadableJournal,
      'layout',
    );
  });

  it('that give a seat to two owners, or to one the layout does not have, are refused', () => {
    const snapshot = Snapshot.decode(snapshotOf(lived().screening));
    for (const seat of [0, 8]) {
      const bytes = Snapshot.encode({ ...snapshot, blockedSeats: [7, seat] }).finish();
      expect(() => decodeSnapshot(layout, bytes, 1)).to.throw(UnreadableJournal);
    }
  });

  it('show the state of the moment they were taken, whatever happens before they are written', () => {
    const seatIds = Array.from({ length: 1_200 }, (_, seat) => `S${String(seat)}`);
    const stage = new Stage({ seatIds, terms: { maxSeatsPerBuyer: 1_200 } });
    for (const seatId of seatIds.slice(0, 1_100)) stage.given(ask.hold('anna', [seatId]));
    const before = snapshotOf(stage.screening);
    const parts = stage.screening.snapshot()[Symbol.iterator]();
    const written: Uint8Array[] = [];
    for (let next = parts.next(), turn = 0; next.done !== true; next = parts.next(), turn += 1) {
      written.push(next.value);
      stage.given(ask.release('anna', `t${String(turn + 1)}`), ask.hold('berta', [`S${String(1_100 + turn)}`]));
    }
    expect(written.length).to.be.greaterThan(5);
    expect(Buffer.concat(written).equals(before)).to.equal(true);
    expect(Buffer.compare(snapshotOf(stage.screening), before)).to.not.equal(0);
  });

  it('have each hold once, though it is an answer, too', () => {
    const stage = new Stage().given(
      ...[ask.hold('anna', ['A1']), ask.hold('berta', ['A2'], { ttlMs: 5_000 }), ask.extend('berta', 't2')],
    );
    const snapshot = Snapshot.decode(snapshotOf(stage.screening));
    const answers = snapshot.requests.map(({ answer }) => answer?.$case);
    expect(answers).to.deep.equal(['heldAsKept', 'held', 'extended']);
    const [first] = snapshot.requests;
    if (first !== undefined) first.answer = { $case: 'heldAsKept', value: 't9' };
    expect(() => decodeSnapshot(layout, Snapshot.encode(snapshot).finish(), 1)).to.throw(UnreadableJournal);
  });

  it('in which answers have their holds once more are read as well: they were written so', () => {
    const wish = ask.hold('anna', ['A1', 'A2']);
    const stage = new Stage().given(wish, ask.hold('berta', ['A3']));
    const snapshot = Snapshot.decode(snapshotOf(stage.screening));
    for (const [index, hold] of snapshot.holds.entries()) {
      const { buyerId, origin, revision, createTimeMs: timeMs } = hold;
      const value = { ...hold, origin: undefined, revision: 0 };
      snapshot.requests[index] = { buyerId, origin, timeMs, revision, answer: { $case: 'held', value } };
      snapshot.holds[index] = value;
    }
    const restored = new Stage();
    restored.screening.restore(Snapshot.encode(snapshot).finish());
    restored.screening.recovered();
    for (const command of [wish, ask.release('berta', 't2'), ask.release('anna', 't1', ['A2']), wish])
      expect(restored.when(command)).to.deep.equal(stage.when(command));
  });

  it('cut short are refused or found inconsistent, but never taken for the whole', () => {
    const whole = snapshotOf(lived().screening);
    for (let length = 0; length < whole.length; length += 1) {
      let taken: Uint8Array | undefined;
      try {
        const stage = lived();
        const screening = stage.empty();
        screening.restore(whole.subarray(0, length));
        taken = snapshotOf(screening);
      } catch (error) {
        expect(error).to.be.instanceOf(UnreadableJournal);
      }
      if (taken !== undefined) expect(taken, `cut at ${length}`).to.not.deep.equal(whole);
    }
  });
});
