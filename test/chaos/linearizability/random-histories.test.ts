import { expect } from 'chai';
import { prng } from '../../support/prng.js';
import { checkHistory, stepsOf } from './check-history.js';
import { someOrderExists } from './every-order.js';
import { withNoise } from './noise.js';
import { partition } from './partition.js';
import { DOMAIN_CLOCK_SLACK_MS, randomHistory, usual, type RandomHistoryOptions } from './random-history.js';
import { linearize } from './search.js';
import { SeatGroup } from './seat-group.js';
import { spoilers } from './spoilers.js';

const options = { clockSlackMs: DOMAIN_CLOCK_SLACK_MS, configurationsMax: 200_000 };

/** Much is unheard or repeated, its time is soon up, and holds end soon. */
const troubled: RandomHistoryOptions = {
  ...usual,
  unheard: 0.1,
  repeated: 0.2,
  latestMs: 150,
  ttlsMs: [40, 150, 60_000],
};

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

  it('are accepted when much goes wrong, of effects that come late and of such that are too late', () => {
    const evenings = {
      troubled,
      'very late': { ...troubled, latestMs: 20_000 },
      'ending soon': { ...usual, ttlsMs: [60, 200, 1_000] },
    };
    for (const [name, evening] of Object.entries(evenings))
      for (const seed of SEEDS)
        expect(checkHistory(randomHistory(prng(seed), evening), options), `${name}, ${seed}`).to.deep.equal([]);
  });

  it('are judged as if every order had been tried, also when something was changed at random', () => {
    const verdicts = { linearizable: 0, impossible: 0, undecided: 0 };
    const small = { ...troubled, operations: 22, clients: 3, groups: 1, seatsPerGroup: 3 };
    for (let number = 0; number < 1_000; number += 1) {
      const chance = prng(`small ${String(number)}`);
      for (const group of partition(withNoise(randomHistory(chance, small), chance))) {
        const steps = stepsOf(group);
        const exists = someOrderExists(new SeatGroup(DOMAIN_CLOCK_SLACK_MS), ...steps, 20_000);
        const { kind } = linearize(new SeatGroup(DOMAIN_CLOCK_SLACK_MS), ...steps, options.configurationsMax);
        verdicts[kind] += 1;
        if (exists !== undefined)
          expect(kind, `small ${String(number)}`).to.equal(exists ? 'linearizable' : 'impossible');
      }
    }
    expect(verdicts.undecided).to.equal(0);
    expect(Math.min(verdicts.linearizable, verdicts.impossible)).to.be.greaterThan(250);
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
