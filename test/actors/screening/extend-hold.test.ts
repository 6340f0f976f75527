import { expect } from 'chai';
import { ask } from './ask.js';
import { openingMs, Stage, terms } from './stage.js';

describe('extending a hold', () => {
  const held = () => new Stage().given(ask.hold('anna', ['A1', 'A2']));
  const expireTime = 'hold.expireTimeMs';

  it('moves its end to the time asked for, from now', () => {
    const stage = held().after(50_000);
    expect(stage.when(ask.extend('anna', 't1', { ttlMs: 30_000 }))).to.have.nested.property(
      expireTime,
      openingMs + 80_000,
    );
    stage.after(29_999).given(ask.confirm('anna', 't1'));
  });

  it('takes the default time when none is asked for', () => {
    expect(held().after(10_000).when(ask.extend('anna', 't1'))).to.have.nested.property(expireTime, openingMs + 70_000);
  });

  it('never ends it earlier than it was', () => {
    expect(held().when(ask.extend('anna', 't1', { ttlMs: 1_000 }))).to.have.nested.property(
      expireTime,
      openingMs + 60_000,
    );
  });

  it('never goes past its longest life', () => {
    const stage = held()
      .after(59_000)
      .given(ask.extend('anna', 't1', { ttlMs: 100_000 }))
      .after(90_000);
    expect(stage.when(ask.extend('anna', 't1', { ttlMs: 60_000 }))).to.have.nested.property(
      expireTime,
      openingMs + 180_000,
    );
  });

  it('may be repeated at the end of its longest life, and the hold still expires once', () => {
    const stage = held()
      .after(50_000)
      .given(ask.extend('anna', 't1', { ttlMs: 180_000 }), ask.extend('anna', 't1'));
    stage.given(ask.extend('anna', 't1', { ttlMs: 180_000 })).after(180_000);
    expect(stage.seats()).to.equal('FFFFFFFF');
    stage.refuses(ask.extend('anna', 't1'), { kind: 'hold-expired', freeSeatIds: ['A1', 'A2'] });
  });

  it('refuses a longer time than the screening allows', () => {
    held().refuses(ask.extend('anna', 't1', { ttlMs: 180_001 }), { kind: 'ttl-too-long', limitMs: 180_000 });
  });

  it('cannot wake a dead hold', () => {
    const stage = held().after(60_000);
    stage.turn([]);
    stage.refuses(ask.extend('anna', 't1'), { kind: 'hold-expired', freeSeatIds: ['A1', 'A2'] });
  });

  it('is for the buyer who has the token, while sales are open', () => {
    const stage = held();
    stage.refuses(ask.extend('berta', 't1'), { kind: 'hold-token-mismatch' });
    stage.refuses(ask.extend('anna', 'guess'), { kind: 'hold-not-found', ended: undefined });
    const late = new Stage();
    late.nowMs = terms.salesCloseAtMs - 1_000;
    late.given(ask.hold('anna', ['A1'])).after(1_000);
    late.refuses(ask.extend('anna', 't1'), { kind: 'sales-closed', closedAtMs: terms.salesCloseAtMs });
  });
});
