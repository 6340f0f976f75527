import { expect } from 'chai';
import { median } from '../../bench/median.js';

describe('the median', () => {
  it('is the value in the middle, in whatever order they come', () => {
    expect(median([30, 10, 20])).to.equal(20);
    expect(median([7])).to.equal(7);
  });

  it('is between the two in the middle of an even number', () => {
    expect(median([40, 10, 30, 20])).to.equal(25);
    expect(median([1, 2])).to.equal(1.5);
  });

  it('is no number when there are no values', () => {
    expect(median([])).to.be.NaN;
  });
});
