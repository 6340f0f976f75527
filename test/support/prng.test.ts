import { expect } from 'chai';
import { prng, type Prng } from './prng.js';

const draws = (chance: Prng, count = 1_000): number[] => Array.from({ length: count }, () => chance.fraction());

describe('chance from a seed', () => {
  it('is the same for the same seed, and another for its neighbour', () => {
    expect(draws(prng(7))).to.deep.equal(draws(prng(7)));
    expect(draws(prng(7), 3)).to.not.deep.equal(draws(prng(8), 3));
  });

  it('is spread evenly, also over the first draw of neighbouring seeds', () => {
    for (const sample of [draws(prng(1)), Array.from({ length: 1_000 }, (_, seed) => prng(seed).fraction())]) {
      expect(Math.min(...sample)).to.be.at.least(0);
      expect(Math.max(...sample)).to.be.lessThan(1);
      for (let tenth = 0; tenth < 10; tenth += 1) {
        const inTenth = sample.filter((value) => Math.floor(value * 10) === tenth).length;
        expect(inTenth, `of 1,000 in tenth ${String(tenth)}`).to.be.within(60, 140);
      }
    }
  });

  it('splits into streams that depend on their names alone', () => {
    const chance = prng(1);
    const before = draws(chance.split('a'), 5);
    chance.fraction();
    expect(draws(chance.split('a'), 5), 'after a draw of the parent').to.deep.equal(before);
    expect(draws(chance.split('b'), 5)).to.not.deep.equal(before);
    expect(draws(chance.split('a').split('a'), 5)).to.not.deep.equal(before);
  });

  it('draws whole numbers with both ends, and some of a list without repetition', () => {
    const chance = prng(1);
    expect(new Set(Array.from({ length: 100 }, () => chance.whole(2, 4)))).to.have.keys([2, 3, 4]);
    for (let count = 0; count < 5; count += 1) {
      const some = chance.some(['a', 'b', 'c'], count);
      expect(new Set(some).size).to.equal(Math.min(3, count));
    }
    expect(() => chance.pick([])).to.throw(RangeError);
  });

  it('draws times between independent events', () => {
    const chance = prng(1);
    const mean = Array.from({ length: 5_000 }, () => chance.exponential(40)).reduce((sum, ms) => sum + ms) / 5_000;
    expect(mean).to.be.within(36, 44);
  });
});
