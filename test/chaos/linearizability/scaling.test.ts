import { expect } from 'chai';
import { prng } from '../../support/prng.js';
import type { Operation } from '../history.js';
import { checkHistory } from './check-history.js';
import { DOMAIN_CLOCK_SLACK_MS, randomHistory, usual } from './random-history.js';
import { spoilers } from './spoilers.js';
import { history, was } from './told.js';

const options = { clockSlackMs: DOMAIN_CLOCK_SLACK_MS, configurationsMax: 1_000_000 };

/** Checks and answers how long it took. */
function verdict(operations: readonly Operation[]): { readonly kinds: readonly string[]; readonly ms: number } {
  const startedMs = performance.now();
  const kinds = checkHistory(operations, options).map(({ kind }) => kind);
  return { kinds, ms: performance.now() - startedMs };
}

describe('Thousands of operations', function () {
  this.timeout(60_000);

  const many = { ...usual, operations: 10_000, clients: 24, groups: 24, seatsPerGroup: 6 };

  // A search that knows a few orders only may be lucky with one seed.
  for (const seed of ['many groups', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) {
    it(`are checked within seconds on many groups of seats, right or wrong (seed ${seed})`, () => {
      const chance = prng(seed);
      const right = verdict(randomHistory(chance, many));
      expect(right.kinds).to.deep.equal([]);
      const known = randomHistory(chance, { ...many, unheard: 0, repeated: 0, ttlsMs: [60_000] });
      const spoilt = spoilers['a seat is sold a second time while it is booked']?.(known, chance) ?? [];
      const wrong = verdict(spoilt);
      expect(wrong.kinds).to.include('violation');
      expect(right.ms + wrong.ms).to.be.below(10_000);
    });
  }

  it('are checked within seconds when every seventh is unheard or repeated', () => {
    const chance = prng('troubled');
    const { kinds, ms } = verdict(
      randomHistory(chance, { ...many, unheard: 0.05, repeated: 0.1, latestMs: 500, ttlsMs: [100, 1_000, 60_000] }),
    );
    expect(kinds).to.deep.equal([]);
    expect(ms).to.be.below(10_000);
  });

  it('are checked within seconds on one group', () => {
    for (const seed of ['one group', 'a', 'b', 'c']) {
      const { kinds, ms } = verdict(
        randomHistory(prng(seed), { ...usual, operations: 3_000, clients: 6, groups: 1, unheard: 0.02 }),
      );
      expect(kinds, seed).to.deep.equal([]);
      expect(ms, seed).to.be.below(10_000);
    }
  });

  it('are checked within seconds when a failover left many callers without an answer', () => {
    const sales = Array.from({ length: 500 }, (_, n) =>
      was.booked([n * 10, n * 10 + 5], 'anna', `A${String(n)}`, `b${String(n)}`),
    );
    const lost = Array.from({ length: 12 }, (_, n) =>
      was.unanswered(was.held([n, n + 1], `caller ${String(n)}`, 'A1 A2 A3', `h${String(n)}`)),
    );
    const seats = Array.from({ length: 500 }, (_, n) => `A${String(n)}`).join(' ');
    const all = Object.fromEntries(seats.split(' ').map((seat) => [seat, 'SEAT_BOOKED']));
    const last = was.refusedSeats([6_000, 6_010], 'carl', seats, all);
    const { kinds, ms } = verdict(history(...sales, ...lost, last));
    expect(kinds).to.deep.equal([]);
    expect(ms).to.be.below(10_000);
  });
});
