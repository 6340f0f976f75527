import { expect } from 'chai';
import { prng } from '../../support/prng.js';
import { checkHistory } from './check-history.js';
import { DOMAIN_CLOCK_SLACK_MS, randomHistory, usual } from './random-history.js';
import { spoilers } from './spoilers.js';

const options = { clockSlackMs: DOMAIN_CLOCK_SLACK_MS, configurationsMax: 200_000 };

const SEEDS = Array.from({ length: 40 }, (_, number) => `seed ${String(number)}`);

describe('Histories of the real domain with overlapping clients', function () {
  this.timeout(30_000);

  it('are accepted, with unheard and repeated operations among them', () => {
    const kinds = new Map<string, number>();
    for (const seed of SEEDS) {
      const operations = randomHistory(prng(seed), usual);
      for (const { request, outcome } of operations) {
        const kind = `${request.kind} ${outcome.kind}`;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      expect(checkHistory(operations, options), seed).to.deep.equal([]);
    }
    // The sample is worth something: every kind of operation came with every kind of outcome it can have.
    const ask = ['hold', 'book', 'extend', 'release', 'confirm', 'cancel', 'get-hold'];
    const possible = ask.flatMap((kind) => ['ok', 'refused', 'unknown'].map((outcome) => `${kind} ${outcome}`));
    expect([...kinds.keys()]).to.include.members([...possible, 'get-booking ok']);
  });

  for (const [what, spoil] of Object.entries(spoilers)) {
    it(`are rejected when ${what}`, () => {
      let spoilt = 0;
      for (const seed of SEEDS) {
        const chance = prng(seed);
        const operations = randomHistory(chance, { ...usual, unheard: 0, repeated: 0, ttlsMs: [60_000] });
        const worse = spoil(operations, chance);
        if (worse === undefined) continue;
        spoilt += 1;
        const found = checkHistory(worse, options);
        expect(
          found.map(({ kind }) => kind),
          seed,
        ).to.include('violation');
      }
      expect(spoilt, 'histories that could be spoilt').to.be.greaterThan(SEEDS.length / 2);
    });
  }
});
