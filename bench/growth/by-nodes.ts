import path from 'node:path';
import { Cost, idleMicrosPerSecond, measureRound } from './cost.js';
import { openCluster } from './ground.js';
import type { GrowthPlan } from './plan.js';
import { withSite, type Swept } from './site.js';

export interface NodesPoint {
  readonly nodes: number;
  readonly cost: Cost;
  /** CPU microseconds per second without load. */
  readonly idleMicros: number;
}

export interface ByNodes {
  readonly points: readonly NodesPoint[];
  readonly screenings: number;
  readonly seats: number;
  readonly swept: readonly Swept[];
}

/** Cost by the number of nodes, of the same load over as many screenings; every call goes to the owner. */
export async function measureByNodes(
  home: string,
  { warmUpHolds, byNodes: { pace, nodes: counts, screenings, rounds, idleSeconds } }: GrowthPlan,
  progress: (step: string, done: number) => void,
): Promise<ByNodes> {
  const points: NodesPoint[] = [];
  const swept: Swept[] = [];
  const seats = Math.ceil((pace.rate * (pace.warmUpSeconds + pace.roundSeconds) * rounds) / screenings) + 2;
  for (const [index, nodes] of counts.entries()) {
    const what = nodes === 1 ? 'a cluster of 1 node' : `a cluster of ${String(nodes)} nodes`;
    progress(what, index / counts.length);
    const opened = openCluster(nodes, { home: path.join(home, `nodes-${String(nodes)}`) });
    const point = await withSite(what, warmUpHolds * nodes, opened, async ({ meter, openMarket }) => {
      const { market } = await openMarket(screenings, seats);
      const cost = new Cost();
      const idleMicros = await idleMicrosPerSecond(meter, idleSeconds);
      for (let round = 0; round < rounds; round += 1) await measureRound(market, meter, pace, cost);
      return { nodes, cost, idleMicros };
    });
    points.push(point.result);
    swept.push(point.swept);
  }
  return { points, screenings, seats, swept };
}
