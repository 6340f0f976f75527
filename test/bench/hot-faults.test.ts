import { expect } from 'chai';
import { hotFaults } from '../../bench/hot-faults.js';

describe('the faults of a load test', () => {
  const sound = { accepted: 1_000, refused: 0, errors: 0, oversold: 0, lost: 0 };

  it('are none where every free seat that was asked for was given', () => {
    expect(hotFaults(sound)).to.deep.equal([]);
  });

  it('are a free seat that was refused, and a run that held none', () => {
    expect(hotFaults({ ...sound, refused: 3 })).to.deep.equal(['3 holds of free seats were refused']);
    expect(hotFaults({ ...sound, accepted: 0 })).to.deep.equal(['no hold was accepted']);
  });

  it('are errors, seats sold twice and holds that were lost', () => {
    expect(hotFaults({ ...sound, errors: 1, oversold: 2, lost: 3 })).to.have.length(3);
  });
});
