import path from 'node:path';
import { Cost, idleMicrosPerSecond, measureRound, type Pace } from './cost.js';
import { openCluster } from './ground.js';
import type { GrowthPlan } from './plan.js';
import { withSite, type Swept } from './site.js';

export interface NodesPoint {
  readonly nodes: number;
  /** Of the same load, however many nodes share it. */
  readonly cost: Cost;
  /** Of a load that is the same for each node, so that it grows with them. */
  readonly costAsLoadGrows: Cost;
  /** CPU microseconds per second without load. */
  readonly idleMicros: number;
}

export interface ByNodes {
  readonly points: readonly NodesPoint[];
  readonly screenings: number;
  readonly ratePerNode: number;
  readonly swept: readonly Swept[];
}

/** Cost by the number of nodes, over as many screenings; every call goes to the owner. */
export async function measureByNodes(
  home: string,
  { warmUpHolds, byNodes: { pace, pacePerNode, nodes: counts, screenings, rounds, idleSeconds } }: GrowthPlan,
  progress: (step: string, done: number) => void,
): Promise<ByNodes> {
  const points: NodesPoint[] = [];
  const swept: Swept[] = [];
  for (const [index, nodes] of counts.entries()) {
    const paceAsLoadGrows = { ...pacePerNode, rate: pacePerNode.rate * nodes };
    const holds = (holdsOf(pace) + holdsOf(paceAsLoadGrows)) * rounds;
    const seats = Math.ceil(holds / screenings) + 2;
    const what = nodes === 1 ? 'a cluster of 1 node' : `a cluster of ${String(nodes)} nodes`;
    progress(what, index / counts.length);
    const opened = openCluster(nodes, { home: path.join(home, `nodes-${String(nodes)}`) });
    const point = await withSite(what, warmUpHolds * nodes, opened, async ({ meter, openMarket }) => {
      const { market } = await openMarket(screenings, seats);
      const [cost, costAsLoadGrows] = [new Cost(), new Cost()];
      const idleMicros = await idleMicrosPerSecond(meter, idleSeconds);
      for (let round = 0; round < rounds; round += 1) {
        await measureRound(market, meter, pace, cost);
        await measureRound(market, meter, paceAsLoadGrows, costAsLoadGrows);
      }
      return { nodes, cost, costAsLoadGrows, idleMicros };
    });
    points.push(point.result);
    swept.push(point.swept);
  }
  return { points, screenings, ratePerNode: pacePerNode.rate, swept };
}

function holdsOf({ rate, warmUpSeconds, roundSeconds }: Pace): number {
  return rate * (warmUpSeconds + roundSeconds);
}
