import { expect } from 'chai';
import { ask } from './ask.js';
import { openingMs, Stage, terms } from './stage.js';

describe('confirming a hold', () => {
  const held = () => new Stage().given(ask.hold('anna', ['A1', 'A2']));

  it('turns the whole hold into a booking', () => {
    const stage = held().after(59_999);
    expect(stage.when(ask.confirm('anna', 't1'))).to.deep.equal({
      kind: 'booked',
      booking: {
        bookingId: 't2',
        buyerId: 'anna',
        seatIds: ['A1', 'A2'],
        createTimeMs: openingMs + 59_999,
        updateTimeMs: openingMs + 59_999,
      },
      revision: 3,
    });
    expect(stage.seats()).to.equal('KKFFFFFF');
    stage.refuses(ask.confirm('anna', 't1'), { kind: 'hold-not-found', ended: 'confirmed' });
  });

  it('is refused from the moment the hold ends, and says which seats are still free', () => {
    const stage = held().after(60_000);
    stage.given(ask.book('berta', ['A2']));
    stage.refuses(ask.confirm('anna', 't1'), { kind: 'hold-expired', freeSeatIds: ['A1'] });
    expect(stage.seats()).to.equal('FKFFFFFF');
  });

  it('is refused in the very turn in which the hold dies', () => {
    const [answer] = held()
      .after(60_000)
      .turn([ask.confirm('anna', 't1')]);
    expect(answer).to.deep.equal({
      kind: 'refused',
      refusal: { kind: 'hold-expired', freeSeatIds: ['A1', 'A2'] },
    });
  });

  it('keeps the promise of the hold after sales closed', () => {
    const stage = new Stage();
    stage.nowMs = terms.salesCloseAtMs - 1_000;
    stage
      .given(ask.hold('anna', ['A1']))
      .after(30_000)
      .given(ask.confirm('anna', 't1'));
  });

  it('is for the buyer who has the token; anyone else learns nothing', () => {
    const stage = held();
    stage.refuses(ask.confirm('berta', 't1'), { kind: 'hold-token-mismatch' });
    stage.refuses(ask.confirm('anna', 'guess'), { kind: 'hold-not-found', ended: undefined });
    stage.after(60_000).turn([]);
    stage.refuses(ask.confirm('berta', 't1'), { kind: 'hold-token-mismatch' });
  });

  it('is refused once the screening is cancelled', () => {
    held().given(ask.cancelScreening()).refuses(ask.confirm('anna', 't1'), { kind: 'screening-cancelled' });
  });

  it('forgets how a hold ended half an hour later, when another one ends', () => {
    const stage = held()
      .given(ask.release('anna', 't1'))
      .after(1_800_000)
      .given(ask.hold('berta', ['A1']));
    stage.given(ask.release('berta', 't3'));
    stage.refuses(ask.confirm('anna', 't1'), { kind: 'hold-not-found', ended: 'released' });
    stage
      .given(ask.hold('berta', ['A1']))
      .after(1)
      .given(ask.release('berta', 't6'));
    stage.refuses(ask.confirm('anna', 't1'), { kind: 'hold-not-found', ended: undefined });
  });
});
