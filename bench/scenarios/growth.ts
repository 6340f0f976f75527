import { measureByJournal } from '../growth/by-journal.js';
import { measureByNodes } from '../growth/by-nodes.js';
import { measureByScreenings } from '../growth/by-screenings.js';
import { measureBySeats } from '../growth/by-seats.js';
import { outcomeOf } from '../growth/outcome.js';
import { fullPlan, shortPlan } from '../growth/plan.js';
import type { Scenario } from '../scenario.js';

/** Does a reservation cost more where there is more of everything? */
export const growth: Scenario = {
  name: 'growth',
  title: 'Growth',
  about:
    'CPU time of the whole system (nodes, all of Postgres, Redis; not the load generator) per reservation, at the same paced ' +
    'rate of unique seats everywhere: over more and more screenings, all in memory; in larger and larger halls; on more and ' +
    'more nodes, called at the owner. And the time of the first command on a screening by the length of its journal. ' +
    '[Method](../growth/README.md).',
  async run({ home, isShort, progress }) {
    const plan = isShort ? shortPlan : fullPlan;
    const part =
      (from: number, to: number) =>
      (step: string, done: number): void => {
        progress(step, from + (to - from) * done);
      };
    const nodes = await measureByNodes(home, plan, part(0, 0.15));
    const seats = await measureBySeats(home, plan, part(0.15, 0.3));
    const journal = await measureByJournal(home, plan, part(0.3, 0.4));
    const screenings = await measureByScreenings(home, plan, part(0.4, 1));
    return outcomeOf({ screenings, seats, nodes, journal, rate: plan.byScreenings.pace.rate });
  },
};
