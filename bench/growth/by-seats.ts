import path from 'node:path';
import { Cost, measureRound } from './cost.js';
import { openOneNode } from './ground.js';
import { realHallOf } from './hall.js';
import type { GrowthPlan } from './plan.js';
import { withSite, type Swept } from './site.js';

export interface SeatsPoint {
  readonly seats: number;
  /** Whether the hall exists. */
  readonly isReal: boolean;
  readonly cost: Cost;
}

export interface BySeats {
  readonly points: readonly SeatsPoint[];
  readonly screenings: number;
  readonly swept: Swept;
}

/** Cost by the size of the halls: as many screenings and as many holds in each. */
export async function measureBySeats(
  home: string,
  { warmUpHolds, bySeats: { pace, seats: sizes, screenings, rounds } }: GrowthPlan,
  progress: (step: string, done: number) => void,
): Promise<BySeats> {
  const opened = openOneNode({ home: path.join(home, 'seats') });
  const { result, swept } = await withSite('by seats', warmUpHolds, opened, async ({ meter, openMarket }) => {
    const points: SeatsPoint[] = [];
    // Ascending: what is in memory from before is small beside what comes.
    for (const [index, seats] of sizes.entries()) {
      progress(`halls of ${String(seats)} seats`, index / sizes.length);
      const { market } = await openMarket(screenings, seats);
      const cost = new Cost();
      for (let round = 0; round < rounds; round += 1) await measureRound(market, meter, pace, cost);
      points.push({ seats, isReal: (await realHallOf(seats)) !== undefined, cost });
    }
    return points;
  });
  return { points: result, screenings, swept };
}
