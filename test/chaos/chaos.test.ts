import { randomBytes } from 'node:crypto';
import { runRound } from './round.js';

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
      const options = { seed, seconds: SECONDS, nodes: 3, log: (line: string) => lines.push(line) };
      const { violations, folder } = await runRound(options);
      if (violations.length > 0) throw new Error([...violations, `kept: ${folder}`].join('\n'));
    } catch (error) {
      const again = `npm run test:chaos -- --seconds ${String(SECONDS)} --seed ${seed}`;
      throw new Error([`SEED=${seed}   ${again}`, ...lines].join('\n'), { cause: error });
    }
  });
});
