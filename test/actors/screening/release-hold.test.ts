import { expect } from 'chai';
import { ask } from './ask.js';
import { Stage, terms } from './stage.js';

describe('releasing a hold', () => {
  const held = () => new Stage().given(ask.hold('anna', ['A1', 'A2', 'A3']));

  it('gives all seats back and ends the hold', () => {
    const stage = held();
    expect(stage.when(ask.release('anna', 't1'))).to.deep.equal({
      kind: 'released',
      hold: undefined,
      releasedSeatIds: ['A1', 'A2', 'A3'],
      revision: 3,
    });
    expect(stage.seats()).to.equal('FFFFFFFF');
    stage.refuses(ask.confirm('anna', 't1'), { kind: 'hold-not-found', ended: 'released' });
  });

  it('gives some seats back and keeps the others', () => {
    const stage = held();
    const answer = stage.when(ask.release('anna', 't1', ['A3', 'A1']));
    expect(answer).to.have.property('kind', 'released');
    expect(answer).to.have.deep.property('releasedSeatIds', ['A1', 'A3']);
    expect(answer).to.have.nested.property('hold.seatIds').that.deep.equals(['A2']);
    expect(stage.seats()).to.equal('FHFFFFFF');
    stage.given(ask.hold('berta', ['A1']), ask.confirm('anna', 't1'));
    expect(stage.seats()).to.equal('HKFFFFFF');
  });

  it('ends the hold with its last seat', () => {
    const stage = held().given(ask.release('anna', 't1', ['A1', 'A2']));
    expect(stage.when(ask.release('anna', 't1', ['A3']))).to.have.property('hold', undefined);
    expect(stage.screening.wakeAtMs).to.equal(null);
  });

  it('refuses seats the hold does not have, and releases none', () => {
    const stage = held().given(ask.hold('berta', ['B1']));
    stage.refuses(ask.release('anna', 't1', ['A1', 'B1', 'Z9']), { kind: 'seats-not-in-hold', seatIds: ['B1', 'Z9'] });
  });

  it('is for the buyer who has the token', () => {
    const stage = held();
    stage.refuses(ask.release('berta', 't1'), { kind: 'hold-token-mismatch' });
    stage.given(ask.release('anna', 't1'));
    stage.refuses(ask.release('berta', 't1'), { kind: 'hold-token-mismatch' });
    stage.refuses(ask.release('anna', 't1'), { kind: 'hold-not-found', ended: 'released' });
  });

  it('is possible after sales closed', () => {
    const stage = new Stage();
    stage.nowMs = terms.salesCloseAtMs - 1_000;
    stage
      .given(ask.hold('anna', ['A1']))
      .after(2_000)
      .given(ask.release('anna', 't1'));
  });
});
