import { expect } from 'chai';
import fc from 'fast-check';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import { ScreeningNotice } from '../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { OwnerNotice } from '../../src/runtime/index.js';
import {
  bookingsKey,
  decodeOwnerState,
  encodeOwnerState,
  screeningNotices,
  seatMapKey,
  UnreadableMessage,
} from '../../src/streams/index.js';
import { answer, Booked, change, counts, Free, Held, states } from './stage.js';

const notice = (bookingBuyers: readonly string[] = []): OwnerNotice<SeatMapChange> => ({
  epoch: 3,
  revision: 17,
  change: {
    ...change(17, { 1: Held, 4: Booked, 5: Free }),
    counts: counts(states({ 1: Held, 4: Booked })),
    bookingBuyers,
  },
});

/** The message behind the bytes, changed. */
function spoilt(change: (message: ScreeningNotice) => void): Uint8Array {
  const message = ScreeningNotice.decode(screeningNotices.encode(notice()));
  change(message);
  return ScreeningNotice.encode(message).finish();
}

describe('the notice of a turn', () => {
  it('reads as it was written', () => {
    expect(screeningNotices.decode(screeningNotices.encode(notice()))).to.deep.equal({
      ...notice(),
      change: { ...notice().change, states: Buffer.of(Held, Booked, Free) },
    });
  });

  it('reads as it was written when nothing but the owner changed', () => {
    const takeOver = { epoch: 4, revision: 17, change: undefined };
    expect(screeningNotices.decode(screeningNotices.encode(takeOver))).to.deep.equal(takeOver);
  });

  it('is its own: writing the next one leaves its bytes alone', () => {
    const first = screeningNotices.encode(notice());
    const kept = Uint8Array.from(first);
    screeningNotices.encode({ epoch: 9, revision: 99, change: change(99, { 0: Booked }) });
    expect(Buffer.compare(first, kept)).to.equal(0);
  });

  it('does not say who bought', () => {
    const buyers = ['anna.schmidt@example.org', 'berta'];
    const bytes = Buffer.from(screeningNotices.encode(notice(buyers)));
    expect(Buffer.compare(bytes, screeningNotices.encode(notice())), 'not a byte depends on them').to.equal(0);
    expect(screeningNotices.decode(bytes).change?.bookingBuyers).to.deep.equal([]);
  });

  it('is refused by name when it is none', () => {
    const garbage: Readonly<Record<string, Uint8Array>> = {
      text: Buffer.from('hello, is anybody there?'),
      nothing: new Uint8Array(),
      'cut short': screeningNotices.encode(notice()).subarray(0, 20),
      'without an epoch': spoilt((message) => (message.epoch = 0)),
      'of a revision before the first': spoilt((message) => (message.revision = -1)),
      'with a state too few': spoilt((message) => message.change?.seats.push(2)),
      'with a state no seat has': spoilt(({ change }) => change?.states.fill(5)),
      'without counts': spoilt(({ change }) => {
        if (change !== undefined) change.counts = undefined;
      }),
    };
    for (const [what, bytes] of Object.entries(garbage))
      expect(() => screeningNotices.decode(bytes), what).to.throw(UnreadableMessage);
  });

  it('is refused or read, and nothing else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          const { epoch, revision } = screeningNotices.decode(bytes);
          expect(Math.min(epoch, revision)).to.be.at.least(1);
        } catch (error) {
          expect(error).to.be.instanceOf(UnreadableMessage);
        }
      }),
    );
  });
});

describe('what a turn makes outdated', () => {
  it('is the seat map', () => {
    expect(screeningNotices.invalidates('s', notice())).to.deep.equal([seatMapKey('s')]);
    expect(screeningNotices.invalidates('s', { epoch: 4, revision: 17, change: undefined })).to.deep.equal([
      seatMapKey('s'),
    ]);
  });

  it('is the bookings of every buyer whose bookings it changed, under a name that does not say who', () => {
    const keys = screeningNotices.invalidates('s', notice(['anna', 'berta']));
    expect(keys).to.deep.equal([seatMapKey('s'), bookingsKey('anna'), bookingsKey('berta')]);
    expect(new Set(keys)).to.have.length(3);
    expect(keys.join()).to.not.match(/anna|berta/);
  });
});

describe('the answer of an owner', () => {
  it('reads as it was written, with and without the states', () => {
    const whole = answer(2, 5, states({ 2: Held }));
    expect(decodeOwnerState(encodeOwnerState(whole))).to.deep.equal({
      ...whole,
      states: Buffer.from(whole.states ?? []),
    });
    const same = { ...whole, states: undefined };
    expect(decodeOwnerState(encodeOwnerState(same))).to.deep.equal(same);
  });

  it('is refused by name when it is none', () => {
    const whole = answer(2, 5, states());
    const garbage: Readonly<Record<string, Uint8Array>> = {
      text: Buffer.from('hello, is anybody there?'),
      nothing: new Uint8Array(),
      'without an epoch': encodeOwnerState({ ...whole, epoch: 0 }),
      'with a state no seat has': encodeOwnerState({ ...whole, states: new Uint8Array(6) }),
    };
    for (const [what, bytes] of Object.entries(garbage))
      expect(() => decodeOwnerState(bytes), what).to.throw(UnreadableMessage);
  });
});
