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

  it('does the same when somebody reads the story and the logs', async () => {
    const lines: string[] = [];
    const watched = await runSeed(3, { listen: ({ what }) => lines.push(what), logs: true });
    expect(watched.digest).to.equal((await runSeed(3)).digest);
    expect(lines.filter((line) => line.startsWith('log '))).to.not.deep.equal([]);
  });

  it('meets what it is about', async () => {
    const missing = new Map(
      [
        /append s\d r\d+ epoch \d+: committed/,
        /append s\d r\d+ epoch \d+: fenced/,
        /append .* to postgres: (in-doubt|no answer)/,
        /peer call \d+ s\d to node-\d: (in-doubt|unsent|no answer)/,
        /peer call 31 s\d/,
        /will arrive twice/,
        /renew to redis: no answer/,
        /node-\d is stopped in order/,
        /tells: .* hold .* -> hold/,
        /tells: .* confirm .* -> booking/,
        /tells: .* cancel-booking .* -> cancelled/,
        /no: SEAT_UNAVAILABLE/,
        /no: HOLD_EXPIRED/,
        /no: HOLD_NOT_FOUND/,
        /no: TICKET_LIMIT_EXCEEDED/,
        /failed: OWNER_MOVING/,
        /failed: STORAGE_UNAVAILABLE/,
        /failed: OVERLOADED/,
        /sees r\d+ to r\d+/,
        /sees a reset: COMPACTED/,
      ].map((pattern) => [pattern.source, pattern]),
    );
    const listen = ({ what }: { readonly what: string }): void => {
      for (const [source, pattern] of missing) if (pattern.test(what)) missing.delete(source);
    };
    for (let seed = 1; seed <= SEEDS && missing.size > 0; seed += 1) await runSeed(seed, { listen });
    expect([...missing.keys()]).to.deep.equal([]);
  });
});
