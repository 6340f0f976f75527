import { expect } from 'chai';
import { HoldTokens } from '../../bench/load/hold-tokens.js';

/** Tokens are 22 letters. */
const token = (name: string): string => name.padEnd(22, '-');

describe('what a load generator keeps of the holds it was given', () => {
  it('has every token with its seat, lowest first, however far apart and in whatever order they came', () => {
    const tokens = new HoldTokens();
    for (const seat of [199_999, 0, 1_024, 7]) tokens.set(seat, token(`T${String(seat)}`));
    expect([...tokens]).to.deep.equal([0, 7, 1_024, 199_999].map((seat) => [seat, token(`T${String(seat)}`)]));
    expect(tokens.size).to.equal(4);
  });

  it('counts a seat once, and has the token that came last', () => {
    const tokens = new HoldTokens();
    tokens.set(3, token('first'));
    tokens.set(3, token('second'));
    expect([...tokens]).to.deep.equal([[3, token('second')]]);
    expect(tokens.size).to.equal(1);
  });

  it('merges what several runs were given, and leaves them as they were', () => {
    const warmUp = new HoldTokens();
    const run = new HoldTokens();
    warmUp.set(1, token('warm-up'));
    run.set(5_000, token('run'));
    run.set(1, token('run as well'));
    const merged = HoldTokens.merged(warmUp, run);
    expect([...merged]).to.deep.equal([
      [1, token('run as well')],
      [5_000, token('run')],
    ]);
    expect(merged.size).to.equal(2);
    expect([...warmUp]).to.deep.equal([[1, token('warm-up')]]);
  });

  it('refuses what is no token', () => {
    const tokens = new HoldTokens();
    expect(() => {
      tokens.set(1, '');
    }).to.throw(RangeError, '22');
    expect(tokens.size).to.equal(0);
  });
});
