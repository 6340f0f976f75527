import { expect } from 'chai';
import type { Operation } from '../history.js';
import { checkHistory } from './check-history.js';
import { history, refused, was, type Told } from './told.js';

/** Exact clocks, so that a millisecond counts. */
const options = { clockSlackMs: 0, configurationsMax: 10_000 };

function accepts(...operations: readonly Told[]): void {
  expect(textsOf(history(...operations))).to.deep.equal([]);
}

function rejects(...operations: readonly Told[]): void {
  const [text] = textsOf(history(...operations));
  expect(text, 'this cannot be accepted').to.match(/no order explains|no greater revision|given one id/);
}

const textsOf = (operations: readonly Operation[]): readonly string[] =>
  checkHistory(operations, options).map(({ text }) => text);

describe('A history of sales', () => {
  const annaHolds = was.held([0, 10], 'anna', 'A1', 'h1');
  const annaBuys = was.confirmed([20, 30], 'anna', 'h1', 'b1', 'A1');

  describe('of one seat', () => {
    it('is accepted when everybody was told the truth', () => {
      accepts(
        annaHolds,
        was.refusedSeats([12, 18], 'carl', 'A1 A2', { A1: 'SEAT_HELD' }),
        annaBuys,
        was.refusedSeats([32, 38], 'carl', 'A1 A2', { A1: 'SEAT_BOOKED' }),
        was.foundBooking([40, 41], 'b1', 'A1'),
        was.cancelled([42, 44], 'anna', 'b1', 'A1'),
        was.held([46, 50], 'carl', 'A1 A2', 'h2'),
      );
    });

    it('is rejected when it was sold twice', () => {
      rejects(was.booked([0, 10], 'anna', 'A1', 'b1'), was.booked([20, 30], 'carl', 'A1', 'b2'));
      rejects(was.booked([0, 10], 'anna', 'A1', 'b1'), was.booked([5, 15], 'carl', 'A1', 'b2'));
      rejects(annaHolds, was.held([5, 15], 'carl', 'A1 A2', 'h2'));
      rejects(annaHolds, annaBuys, was.held([40, 50], 'carl', 'A1', 'h2'));
    });

    it('is rejected when an acknowledged booking is lost', () => {
      rejects(annaHolds, annaBuys, was.held([90_000, 90_010], 'carl', 'A1', 'h2'));
      rejects(annaHolds, annaBuys, was.instead(was.foundBooking([40, 50], 'b1', 'A1'), refused('BOOKING_NOT_FOUND')));
      rejects(annaHolds, annaBuys, was.foundHold([40, 50], 'anna', 'h1', 'A1', 60_000));
    });

    it('is rejected when a hold is lost before its time', () => {
      rejects(annaHolds, was.held([59_000, 59_999], 'carl', 'A1', 'h2'));
      rejects(annaHolds, was.instead(annaBuys, refused('HOLD_NOT_FOUND')));
      rejects(annaHolds, was.instead(annaBuys, refused('HOLD_EXPIRED')));
    });

    it('is rejected when a read is stale', () => {
      const released = was.released([20, 30], 'anna', 'h1', 'A1');
      accepts(annaHolds, released, was.foundHold([25, 35], 'anna', 'h1', 'A1', 60_000));
      rejects(annaHolds, released, was.foundHold([31, 35], 'anna', 'h1', 'A1', 60_000));
      rejects(annaHolds, released, was.refusedSeats([31, 35], 'carl', 'A1', { A1: 'SEAT_HELD' }));
      rejects(annaHolds, annaBuys, was.refusedSeats([31, 35], 'carl', 'A1', { A1: 'SEAT_HELD' }));
    });

    it('is rejected when a seat was refused that was free all the time', () => {
      rejects(was.refusedSeats([0, 10], 'carl', 'A1', { A1: 'SEAT_HELD' }));
      rejects(annaHolds, was.refusedSeats([12, 14], 'carl', 'A1 A2', { A1: 'SEAT_HELD', A2: 'SEAT_HELD' }));
      rejects(was.refusedSeats([0, 10], 'carl', 'A1', {}));
      rejects(annaHolds, was.refusedSeats([12, 14], 'carl', 'A2', { A1: 'SEAT_HELD' }));
    });

    it('is rejected when a refusal leaves a taken seat out', () => {
      const both = was.held([0, 10], 'anna', 'A1 A2', 'h1');
      rejects(both, was.refusedSeats([12, 14], 'carl', 'A1 A2', { A1: 'SEAT_HELD' }));
    });

    it('is rejected when a release was honoured twice', () => {
      const again = was.released([40, 50], 'anna', 'h1', 'A1');
      rejects(annaHolds, was.released([20, 30], 'anna', 'h1', 'A1'), again);
      rejects(annaHolds, annaBuys, again);
      rejects(
        annaHolds,
        annaBuys,
        was.cancelled([40, 50], 'anna', 'b1', 'A1'),
        was.cancelled([60, 70], 'anna', 'b1', 'A1'),
      );
    });

    it('is rejected when a hold was confirmed twice', () => {
      rejects(annaHolds, annaBuys, was.confirmed([40, 50], 'anna', 'h1', 'b2', 'A1'));
    });

    it('is rejected when somebody else had it', () => {
      rejects(annaHolds, was.confirmed([20, 30], 'carl', 'h1', 'b1', 'A1'));
      accepts(
        annaHolds,
        was.instead(was.confirmed([20, 30], 'carl', 'h1', 'b1', 'A1'), refused('HOLD_TOKEN_MISMATCH')),
      );
      rejects(annaHolds, was.instead(annaBuys, refused('HOLD_TOKEN_MISMATCH')));
    });

    it('is rejected when a caller is refused for a reason nobody should hear', () => {
      rejects(was.instead(annaHolds, refused('SALES_CLOSED')));
    });
  });

  describe('of several seats', () => {
    it('is accepted when parts are given back and taken by others', () => {
      accepts(
        was.held([0, 10], 'anna', 'A1 A2 A3', 'h1'),
        was.released([20, 30], 'anna', 'h1', 'A2', 'A1 A3', 'A2'),
        was.held([25, 35], 'carl', 'A2', 'h2'),
        was.confirmed([40, 50], 'anna', 'h1', 'b1', 'A1 A3'),
        was.cancelled([60, 70], 'anna', 'b1', 'A1', 'A3', 'A1'),
        was.refusedSeats([80, 90], 'dora', 'A1 A2 A3', { A2: 'SEAT_HELD', A3: 'SEAT_BOOKED' }),
      );
    });

    it('is rejected when a part is given back twice, or more than there is', () => {
      const all = was.held([0, 10], 'anna', 'A1 A2', 'h1');
      const part = was.released([20, 30], 'anna', 'h1', 'A2', 'A1', 'A2');
      rejects(all, part, was.released([40, 50], 'anna', 'h1', 'A1 A2'));
      accepts(all, part, was.instead(was.released([40, 50], 'anna', 'h1', 'A2', 'A1', 'A2'), refused('INVALID_FIELD')));
      rejects(all, was.instead(part, refused('INVALID_FIELD')));
    });

    it('is rejected when a hold was half taken', () => {
      rejects(was.held([0, 10], 'anna', 'A1 A2', 'h1'), was.confirmed([20, 30], 'anna', 'h1', 'b1', 'A1'));
      rejects(
        was.instead(was.held([0, 10], 'anna', 'A1 A2', 'h1'), {
          kind: 'ok',
          answer: { id: 'h1', seatIds: ['A1'], expireMs: 1 },
        }),
      );
    });
  });

  describe('of bookings and holds by their names', () => {
    const annaBooks = was.booked([0, 10], 'anna', 'A1 A2', 'b1');
    const part = was.cancelled([20, 30], 'anna', 'b1', 'A2', 'A1', 'A2');
    const again = was.cancelled([40, 50], 'anna', 'b1', 'A2', 'A1', 'A2');
    const rest = was.cancelled([40, 50], 'anna', 'b1', 'A1');

    it('is accepted when they are refused for what they are', () => {
      accepts(annaBooks, part, was.instead(again, refused('INVALID_FIELD')));
      accepts(annaBooks, was.instead(was.cancelled([20, 30], 'carl', 'b1', ''), refused('BOOKING_BUYER_MISMATCH')));
      const late = was.cancelled([60, 70], 'anna', 'b1', '');
      accepts(annaBooks, part, rest, was.instead(late, refused('BOOKING_NOT_FOUND', { ended: 'cancelled' })));
    });

    it('is rejected when they are refused for what they are not', () => {
      rejects(annaBooks, was.instead(part, refused('INVALID_FIELD')));
      rejects(annaBooks, was.instead(part, refused('BOOKING_BUYER_MISMATCH')));
      rejects(annaBooks, was.instead(rest, refused('BOOKING_NOT_FOUND', { ended: 'cancelled' })));
      rejects(annaBooks, part, rest, was.instead(was.cancelled([60, 70], 'anna', 'b1', ''), refused('INVALID_FIELD')));
      rejects(
        annaBooks,
        part,
        rest,
        was.instead(was.cancelled([60, 70], 'anna', 'b1', ''), refused('BOOKING_NOT_FOUND')),
      );
      rejects(annaHolds, was.instead(was.foundHold([20, 30], 'carl', 'h1', 'A1', 60_000), refused('HOLD_EXPIRED')));
      rejects(annaHolds, was.instead(was.foundHold([20, 30], 'anna', 'h1', 'A1', 60_000), refused('INVALID_FIELD')));
      rejects(annaHolds, was.instead(was.released([20, 30], 'anna', 'h1', 'A1'), refused('OVERLOADED')));
    });

    it('is rejected when an answer says something else than what was asked', () => {
      rejects(annaBooks, was.cancelled([20, 30], 'anna', 'b1', 'A1', 'A2', 'A2'));
      rejects(annaBooks, was.cancelled([20, 30], 'anna', 'b1', 'A2', '', 'A2'));
      rejects(annaBooks, was.cancelled([20, 30], 'carl', 'b1', 'A2', 'A1', 'A2'));
      rejects(annaBooks, part, was.foundBooking([40, 50], 'b1', 'A1 A2'));
      rejects(annaHolds, was.extended([20, 30], 'anna', 'h1', 'A1 A2', 70_000));
      rejects(annaHolds, was.foundHold([20, 30], 'anna', 'h1', 'A1 A2', 60_000));
      rejects(was.instead(annaHolds, { kind: 'ok', answer: { id: 'h1', seatIds: ['A1'] } }));
    });

    it('is rejected when somebody was told of what nobody was given', () => {
      rejects(was.foundBooking([0, 10], 'b1', 'A1'));
      rejects(was.cancelled([0, 10], 'anna', 'b1', 'A1'));
      rejects(was.instead(was.cancelled([0, 10], 'anna', 'b1', 'A1'), refused('BOOKING_BUYER_MISMATCH')));
      rejects(was.foundHold([0, 10], 'anna', 'h1', 'A1', 60_000));
      rejects(was.instead(was.foundHold([0, 10], 'anna', 'h1', 'A1', 60_000), refused('HOLD_TOKEN_MISMATCH')));
    });
  });

  describe('of holds that end by themselves', () => {
    const short = was.held([0, 10], 'anna', 'A1', 'h1', { ttlMs: 1_000, expireMs: 1_005 });

    it('lets a step that straddles the end find the hold or not', () => {
      accepts(short, was.held([1_000, 1_010], 'carl', 'A1', 'h2'));
      accepts(short, was.confirmed([1_000, 1_010], 'anna', 'h1', 'b1', 'A1'));
      accepts(short, was.refusedSeats([1_000, 1_010], 'carl', 'A1', { A1: 'SEAT_HELD' }));
    });

    it('is rejected when the hold was found after its end or missing before', () => {
      rejects(short, was.confirmed([1_006, 1_010], 'anna', 'h1', 'b1', 'A1'));
      rejects(short, was.refusedSeats([1_006, 1_010], 'carl', 'A1', { A1: 'SEAT_HELD' }));
      rejects(short, was.held([1_000, 1_004], 'carl', 'A1', 'h2'));
      rejects(short, was.instead(was.confirmed([1_000, 1_004], 'anna', 'h1', 'b1', 'A1'), refused('HOLD_EXPIRED')));
    });

    it('is rejected when a hold that was found ended was found again', () => {
      rejects(
        short,
        was.instead(was.confirmed([1_000, 1_010], 'anna', 'h1', 'b1', 'A1'), refused('HOLD_EXPIRED')),
        was.foundHold([1_001, 1_020], 'anna', 'h1', 'A1', 1_005),
        was.held([995, 1_000.5], 'carl', 'A1', 'h2'),
      );
    });

    it('knows that an extension moves the end', () => {
      const longer = was.extended([500, 510], 'anna', 'h1', 'A1', 2_000);
      accepts(short, longer, was.confirmed([1_900, 1_950], 'anna', 'h1', 'b1', 'A1'));
      rejects(short, longer, was.held([1_100, 1_110], 'carl', 'A1', 'h2'));
      rejects(short, was.extended([500, 510], 'anna', 'h1', 'A1', 900));
      rejects(short, longer, was.foundHold([600, 610], 'anna', 'h1', 'A1', 1_005));
    });

    it('finds the order when the same steps in another one end another hold', () => {
      accepts(
        was.unanswered(was.held([0, 10], 'anna', 'A1 A2', 'h1', { ttlMs: 1_000 })),
        was.refusedSeats([1, 2_090], 'dora', 'A1 A2', { A1: 'SEAT_HELD', A2: 'SEAT_HELD' }),
        was.held([2_000, 2_045], 'carl', 'A1', 'h2', { ttlMs: 50, expireMs: 2_050 }),
        was.confirmed([2_046, 2_095], 'carl', 'h2', 'b2', 'A1'),
      );
    });

    it('allows for clocks that differ', () => {
      const late = history(short, was.confirmed([1_006, 1_010], 'anna', 'h1', 'b1', 'A1'));
      expect(checkHistory(late, { ...options, clockSlackMs: 5 })).to.deep.equal([]);
    });
  });

  describe('with answers that never came', () => {
    const unheard = was.unanswered(annaHolds);

    it('is accepted when the effect came late', () => {
      accepts(
        unheard,
        was.held([500, 510], 'carl', 'A1', 'h2'),
        was.released([520, 530], 'carl', 'h2', 'A1'),
        was.refusedSeats([540, 550], 'dora', 'A1', { A1: 'SEAT_HELD' }),
      );
      accepts(annaHolds, was.unanswered(annaBuys), was.refusedSeats([90, 95], 'carl', 'A1', { A1: 'SEAT_BOOKED' }));
    });

    it('is accepted when there was no effect', () => {
      accepts(unheard, was.held([20, 30], 'carl', 'A1', 'h2'));
      accepts(annaHolds, was.unanswered(annaBuys), was.released([40, 50], 'anna', 'h1', 'A1'));
    });

    it('is accepted when the effect came in time and showed when its time was long over', () => {
      accepts(
        was.unansweredBy(100, annaHolds),
        was.booked([200, 210], 'carl', 'A2', 'b2'),
        was.refusedSeats([300, 310], 'dora', 'A1 A2', { A1: 'SEAT_HELD', A2: 'SEAT_BOOKED' }),
      );
    });

    it('is rejected when an effect whose time is over came later', () => {
      rejects(
        was.unansweredBy(100, annaHolds),
        was.booked([200, 210], 'carl', 'A1 A2', 'b2'),
        was.cancelled([220, 230], 'carl', 'b2', 'A1 A2'),
        was.refusedSeats([300, 310], 'dora', 'A1', { A1: 'SEAT_HELD' }),
      );
    });

    it('is accepted when the effect came before the end of the hold and showed after it', () => {
      const short = was.held([0, 10], 'anna', 'A1', 'h1', { ttlMs: 1_000, expireMs: 1_005 });
      const carlBooks = was.booked([1_100, 1_110], 'carl', 'A2', 'b2');
      const bothAreTaken = (why: string): Told =>
        was.refusedSeats([1_200, 1_210], 'dora', 'A1 A2', { A1: why, A2: 'SEAT_BOOKED' });
      const confirm = was.unanswered(was.confirmed([500, 510], 'anna', 'h1', 'b1', 'A1'));
      const extend = was.unanswered(was.extended([500, 510], 'anna', 'h1', 'A1', 2_000));
      accepts(short, confirm, carlBooks, bothAreTaken('SEAT_BOOKED'));
      accepts(short, extend, carlBooks, bothAreTaken('SEAT_HELD'));
      rejects(short, { ...confirm, invokedMs: 1_010 }, carlBooks, bothAreTaken('SEAT_BOOKED'));
      rejects(short, { ...extend, invokedMs: 1_010 }, carlBooks, bothAreTaken('SEAT_HELD'));
    });

    it('is accepted when one effect came before another that made it impossible', () => {
      accepts(
        was.held([0, 10], 'anna', 'A1 A2', 'h1'),
        was.unanswered(was.released([20, 30], 'anna', 'h1', 'A1', 'A2', 'A1')),
        was.unansweredBy(100, was.confirmed([40, 50], 'anna', 'h1', 'b1', 'A2')),
        was.booked([200, 210], 'carl', 'A3', 'b2'),
        was.refusedSeats([300, 310], 'dora', 'A2 A3', { A2: 'SEAT_BOOKED', A3: 'SEAT_BOOKED' }),
        was.held([400, 410], 'dora', 'A1', 'h2'),
      );
    });

    it('is rejected when the effect came and went', () => {
      rejects(
        unheard,
        was.refusedSeats([20, 30], 'dora', 'A1', { A1: 'SEAT_HELD' }),
        was.held([40, 50], 'carl', 'A1', 'h2'),
      );
    });

    it('is rejected when the effect came before the request', () => {
      rejects(
        was.refusedSeats([20, 30], 'dora', 'A1', { A1: 'SEAT_HELD' }),
        was.unanswered(was.held([40, 50], 'anna', 'A1', 'h1')),
      );
    });

    it('takes a repeated request for one', () => {
      accepts(was.repeated(was.booked([0, 900], 'anna', 'A1', 'b1')), was.foundBooking([950, 960], 'b1', 'A1'));
      rejects(
        was.repeated(was.booked([0, 900], 'anna', 'A1', 'b1')),
        was.cancelled([910, 920], 'anna', 'b1', 'A1'),
        was.refusedSeats([930, 940], 'carl', 'A1', { A1: 'SEAT_BOOKED' }),
      );
    });

    it('is rejected when a repeated request was refused because of its own effect', () => {
      rejects(was.repeated(was.refusedSeats([0, 900], 'anna', 'A1', { A1: 'SEAT_HELD' })));
      rejects(annaHolds, was.repeated(was.instead(annaBuys, refused('HOLD_NOT_FOUND', { ended: 'confirmed' }))));
    });

    it('is accepted when an earlier attempt took effect after the refusal of the last', () => {
      accepts(
        annaHolds,
        was.repeated(was.refusedSeats([20, 30], 'carl', 'A1', { A1: 'SEAT_HELD' })),
        was.released([40, 50], 'anna', 'h1', 'A1'),
        was.refusedSeats([60, 70], 'dora', 'A1', { A1: 'SEAT_HELD' }),
      );
      rejects(
        annaHolds,
        was.refusedSeats([20, 30], 'carl', 'A1', { A1: 'SEAT_HELD' }),
        was.released([40, 50], 'anna', 'h1', 'A1'),
        was.refusedSeats([60, 70], 'dora', 'A1', { A1: 'SEAT_HELD' }),
      );
    });

    it('finds the order when an unheard release must come before the hold ends', () => {
      const short = was.held([0, 10], 'anna', 'A1', 'h1', { ttlMs: 1_000, expireMs: 1_005 });
      accepts(
        short,
        was.unanswered(was.released([900, 910], 'anna', 'h1', 'A1')),
        was.held([990, 1_010], 'carl', 'A1', 'h2'),
        was.instead(
          was.confirmed([1_020, 1_030], 'anna', 'h1', 'b1', 'A1'),
          refused('HOLD_NOT_FOUND', { ended: 'released' }),
        ),
      );
    });
  });

  describe('with the numbers of changes', () => {
    it('is rejected when a later change has no greater number, on whatever seat', () => {
      const first = was.booked([0, 10], 'anna', 'A1', 'b1', { revision: 5 });
      accepts(first, was.booked([20, 30], 'carl', 'A2', 'b2', { revision: 6 }));
      rejects(first, was.booked([20, 30], 'carl', 'A2', 'b2', { revision: 5 }));
      rejects(first, was.booked([20, 30], 'carl', 'A2', 'b2', { revision: 4 }));
      accepts(first, was.booked([5, 30], 'carl', 'A2', 'b2', { revision: 4 }));
    });

    it('is rejected when they contradict the order on one seat', () => {
      accepts(
        was.held([0, 100], 'anna', 'A1', 'h1', { revision: 2 }),
        was.unanswered(was.released([5, 100], 'anna', 'h1', 'A1')),
        was.held([10, 100], 'carl', 'A1', 'h2', { revision: 3 }),
        was.refusedSeats([110, 120], 'dora', 'A1', { A1: 'SEAT_HELD' }),
      );
      rejects(
        was.held([0, 100], 'anna', 'A1', 'h1', { revision: 3 }),
        was.confirmed([0, 100], 'anna', 'h1', 'b1', 'A1', { revision: 2 }),
      );
    });

    it('is rejected when an id was given out twice', () => {
      rejects(was.booked([0, 10], 'anna', 'A1', 'b1'), was.booked([0, 10], 'carl', 'A2', 'b1'));
    });
  });

  it('is told apart by screening', () => {
    const elsewhere = { ...was.booked([0, 10], 'carl', 'A1', 'b2'), screeningId: 'another' };
    accepts(was.booked([0, 10], 'anna', 'A1', 'b1'), elsewhere);
  });

  it('is undecided, not accepted, when the search is given up', () => {
    const found = checkHistory(history(annaHolds, annaBuys), { clockSlackMs: 0, configurationsMax: 1 });
    expect(found.map(({ kind }) => kind)).to.deep.equal(['undecided']);
  });

  it('is explained when it is rejected', () => {
    const [text = ''] = textsOf(history(annaHolds, annaBuys, was.held([40, 50], 'carl', 'A1', 'h2')));
    expect(text).to.match(/ends with\n.*#0 .*hold.*\n.*#1 .*confirm.*\n {2}then: A1: booking b1\n.*must:\n.*#2 .*carl/);
  });
});
