import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { runRound, type RoundResult } from './round.js';

/** Enough for some ten faults; `npm run test:chaos` goes on for as long as it is told. */
const SECONDS = 30;

describe('a cluster that is killed, frozen, cut off and healed', function () {
  // Starting, healing and checking come on top, on machines that do other things too.
  this.timeout(180_000);
  const seed = randomBytes(4).toString('hex');

  // The seed is in the name, which is also told of a round that takes too long.
  it(`sells no seat twice, loses nothing it acknowledged, and lives again (seed ${seed})`, async () => {
    const lines: string[] = [];
    try {
      const result = await runRound({ seed, seconds: SECONDS, nodes: 3, log: (line) => lines.push(line) });
      const { violations, folder } = result;
      if (violations.length > 0) throw new Error([...violations, `kept: ${folder}`].join('\n'));
      expectMuchHappened(result);
    } catch (error) {
      const again = `npm run test:chaos -- --seconds ${String(SECONDS)} --seed ${seed}`;
      throw new Error([`SEED=${seed}   ${again}`, ...lines].join('\n'), { cause: error });
    }
  });
});

/** A round in which little happened finds nothing. A slow machine gets this far, and an idle one tenfold. */
function expectMuchHappened({ faults, summary }: RoundResult): void {
  const struck = faults.reduce((sum, [, times]) => sum + times, 0);
  expect(struck, 'faults').to.be.at.least(4);
  expect(summary.succeeded, 'calls that succeeded').to.be.at.least(100);
  expect(summary['bookings acknowledged'], 'bookings acknowledged').to.be.at.least(20);
  expect(summary['seat maps seen'], 'seat maps seen').to.be.at.least(100);
}
