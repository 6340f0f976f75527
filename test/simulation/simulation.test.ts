import { expect } from 'chai';
import { promisesAsMicrotasks } from './kernel/microtasks.js';
import { mustHold } from './report.js';
import { runSeed } from './scenario/run.js';

/** Seeds of every `npm test`; `npm run test:simulation` runs as many as there is time for. */
const SEEDS = 40;
const SEEDS_PER_TEST = 10;

describe('a simulated cluster', function () {
  this.timeout(120_000);
  let restore: () => void;
  before(() => (restore = promisesAsMicrotasks()));
  after(() => {
    restore();
  });

  for (let from = 1; from <= SEEDS; from += SEEDS_PER_TEST) {
    it(`keeps every invariant, seeds ${String(from)} to ${String(from + SEEDS_PER_TEST - 1)}`, async () => {
      for (let seed = from; seed < from + SEEDS_PER_TEST; seed += 1) await mustHold(seed);
    });
  }

  it('does the same again from the same seed, and something else from another', async () => {
    const digestOf = async (seed: number): Promise<string> => (await runSeed(seed)).digest;
    const [first, again, other] = [await digestOf(3), await digestOf(3), await digestOf(4)];
    expect(again).to.equal(first);
    expect(other).to.not.equal(first);
  });

  it('does the same when somebody reads the story', async () => {
    const lines: string[] = [];
    const watched = await runSeed(3, { listen: ({ what }) => lines.push(what) });
    expect(watched.digest).to.equal((await runSeed(3)).digest);
    expect(lines.length).to.be.greaterThan(100);
  });
});
