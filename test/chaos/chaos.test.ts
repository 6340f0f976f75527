import { randomBytes } from 'node:crypto';
import { runRound } from './round.js';

/** Enough for some ten faults; `npm run test:chaos` goes on for as long as it is told. */
const SECONDS = 30;

describe('a cluster that is killed, frozen, cut off and healed', function () {
  // Starting, healing and checking come on top, on machines that do other things too.
  this.timeout(180_000);

  it('sells no seat twice, loses nothing it acknowledged, and lives again', async () => {
    const seed = randomBytes(4).toString('hex');
    const lines: string[] = [];
    const { violations, folder } = await runRound({
      seed,
      seconds: SECONDS,
      nodes: 3,
      log: (line) => lines.push(line),
    });
    if (violations.length === 0) return;
    const again = `npm run test:chaos -- --seconds ${String(SECONDS)} --seed ${seed}`;
    throw new Error([...violations, `SEED=${seed}   ${again}`, `kept: ${folder}`, ...lines].join('\n'));
  });
});
