import { expect } from 'chai';
import { ask } from './ask.js';
import { Stage } from './stage.js';

describe('the seat map', () => {
  it('is given as a copy with its revision and counts', () => {
    const stage = new Stage({ blockedSeats: [7] }).given(ask.hold('anna', ['A1']), ask.book('berta', ['A2']));
    const read = () => {
      const answer = stage.when(ask.seatStates());
      if (answer.kind !== 'seat-states') throw new Error(answer.kind);
      return answer.seatStates;
    };
    const first = read();
    expect(first).to.deep.equal({
      revision: 3,
      timeMs: stage.nowMs,
      states: Uint8Array.of(2, 3, 1, 1, 1, 1, 1, 4),
      counts: { free: 5, held: 1, booked: 1, blocked: 1 },
    });
    first.states?.fill(9);
    expect(read().states).to.deep.equal(Uint8Array.of(2, 3, 1, 1, 1, 1, 1, 4));
  });

  it('is not sent again to an asker who has it', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']));
    expect(stage.when(ask.seatStates(2))).to.have.nested.property('seatStates.states', undefined);
    expect(stage.when(ask.seatStates(1)))
      .to.have.nested.property('seatStates.states')
      .that.is.instanceOf(Uint8Array);
  });

  it('is of a whole turn, wherever in the turn it was asked for', () => {
    const stage = new Stage();
    const answers = stage.turn([
      ask.seatStates(),
      ask.hold('anna', ['A1']),
      ask.seatStates(1),
      ask.hold('berta', ['A2']),
      ask.seatStates(2),
    ]);
    const shown = answers.flatMap((answer) => (answer.kind === 'seat-states' ? [answer.seatStates] : []));
    const whole = {
      revision: 2,
      timeMs: stage.nowMs,
      states: Uint8Array.of(2, 2, 1, 1, 1, 1, 1, 1),
      counts: { free: 6, held: 2, booked: 0, blocked: 0 },
    };
    expect(shown).to.deep.equal([whole, whole, { ...whole, states: undefined }]);
  });

  it('changes once per turn, each seat with the state it ends in', () => {
    const stage = new Stage();
    stage.turn([ask.hold('anna', ['A1', 'A2']), ask.confirm('anna', 't1'), ask.hold('berta', ['A3'])]);
    expect(stage.turns).to.have.length(1);
    expect(stage.turns[0]?.change).to.deep.include({ revision: 2, seats: [0, 1, 2], states: Uint8Array.of(3, 3, 2) });
  });

  it('does not change with a hold that is extended or terms that are updated', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']), ask.extend('anna', 't1'), ask.update({ title: 'x' }));
    expect(stage.turns.map((turn) => turn.change.seats)).to.deep.equal([[0], [], []]);
  });
});

describe('the buyers of a turn', () => {
  const buyersOf = (stage: Stage) => stage.turns.at(-1)?.change.bookingBuyers;

  it('are those whose bookings it made or changed, once each', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']), ask.book('berta', ['A2', 'A3']));
    expect(buyersOf(stage)).to.deep.equal(['berta']);
    stage.turn([
      ask.confirm('anna', 't1'),
      ask.cancelBooking('berta', 't2', ['A2']),
      ask.book('anna', ['A4']),
      ask.hold('clara', ['B1']),
    ]);
    expect(buyersOf(stage)).to.deep.equal(['anna', 'berta']);
  });

  it('are nobody where nothing was sold: a hold is no booking, a sale refused none either', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']), ask.extend('anna', 't1'), ask.release('anna', 't1'));
    expect(stage.turns.map((turn) => turn.change.bookingBuyers)).to.deep.equal([[], [], []]);
    stage.given(ask.book('anna', ['A1']));
    stage.turn([ask.book('berta', ['A1']), ask.hold('clara', ['B1'])]);
    expect(buyersOf(stage)).to.deep.equal([]);
  });
});

describe('the rows a turn changes', () => {
  const projectionOf = (stage: Stage) => stage.turns.at(-1)?.projection;

  it('are none for holds', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']), ask.extend('anna', 't1'), ask.release('anna', 't1'));
    expect(stage.turns.map((turn) => turn.projection)).to.deep.equal([undefined, undefined, undefined]);
  });

  it('are the net effect: a seat that is given back and sold again passes from one booking to the other', () => {
    const stage = new Stage().given(ask.book('anna', ['A1', 'A2']));
    stage.turn([ask.cancelBooking('anna', 't1', ['A1']), ask.book('berta', ['A1'])]);
    const projection = projectionOf(stage);
    expect(projection?.seats).to.deep.equal([{ seatId: 'A1', from: 't1', to: 't3' }]);
    expect(
      projection?.bookings.map(({ bookingId, seatIds, cancelled }) => ({ bookingId, seatIds, cancelled })),
    ).to.deep.equal([
      { bookingId: 't1', seatIds: ['A2'], cancelled: false },
      { bookingId: 't3', seatIds: ['A1'], cancelled: false },
    ]);
  });

  it('keep a booking that was made and cancelled in one turn, but none of its seats', () => {
    const stage = new Stage();
    stage.turn([ask.book('anna', ['A1']), ask.cancelBooking('anna', 't1')]);
    expect(projectionOf(stage)).to.have.deep.property('seats', []);
    expect(projectionOf(stage)?.bookings[0]).to.deep.include({ bookingId: 't1', seatIds: [], cancelled: true });
  });

  it('have the terms when the screening was updated or cancelled', () => {
    const stage = new Stage().given(ask.update({ title: 'x' }));
    expect(projectionOf(stage)?.terms)
      .to.deep.include({ cancelled: false })
      .and.have.nested.property('terms.title', 'x');
    stage.given(ask.cancelScreening());
    expect(projectionOf(stage)?.terms).to.deep.include({ cancelled: true });
  });
});
