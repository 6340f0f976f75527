import path from 'node:path';
import { Cost, idleMicrosPerSecond, measureRound } from './cost.js';
import { openOneNode } from './ground.js';
import type { GrowthPlan } from './plan.js';
import { withSite, type OpenMarket, type Swept } from './site.js';

/** The size of a hall whose seats are more than are asked for, and of a small cinema's at least. */
const SEATS_MIN = 110;
/** Rounds of one screening among the most: what memory full of others does to it. */
const ALONE_AGAIN = 1;
/** 100,000 screenings are some GB: more than Node takes by itself on some machines. */
const HEAP_MIB = 6_144;

export interface ScreeningsPoint {
  readonly screenings: number;
  readonly seats: number;
  readonly cost: Cost;
}

export interface ByScreenings {
  readonly points: readonly ScreeningsPoint[];
  /** One screening is sold while the most are in memory. */
  readonly amongAll: Cost;
  /** CPU microseconds per second without load: before the most are there, and with them. */
  readonly idleMicros: readonly [few: number, all: number];
  readonly most: {
    readonly screenings: number;
    readonly creationSeconds: number;
    readonly activationSeconds: number;
    readonly activationP50Micros: number;
    readonly activationP99Micros: number;
  };
  readonly residentsMax: number;
  readonly swept: Swept;
}

/** Cost by the number of screenings that the same load is spread over, all of them in memory. */
export async function measureByScreenings(
  home: string,
  { warmUpHolds, byScreenings: { pace, screenings, rounds, idleSeconds } }: GrowthPlan,
  progress: (step: string, done: number) => void,
): Promise<ByScreenings> {
  const most = Math.max(...screenings);
  const residentsMax = Math.ceil(most * 1.1) + 1_000;
  const holds = pace.rate * (pace.warmUpSeconds + pace.roundSeconds) * (rounds + ALONE_AGAIN);
  const seatsFor = (count: number): number => Math.max(SEATS_MIN, Math.ceil(holds / count) + 2);
  const opened = openOneNode({ home: path.join(home, 'screenings'), residentsMax, heapMib: HEAP_MIB });
  const { result, swept } = await withSite('by screenings', 2 * warmUpHolds, opened, async ({ meter, openMarket }) => {
    const points = screenings.map((count) => ({ screenings: count, seats: seatsFor(count), cost: new Cost() }));
    const few = points.filter((point) => point.screenings < most);
    const markets = new Map<number, OpenMarket>();
    for (const { screenings: count, seats } of few) markets.set(count, await openMarket(count, seats));
    const idleFew = await idleMicrosPerSecond(meter, idleSeconds);
    const measure = async (count: number, cost: Cost): Promise<void> => {
      const market = markets.get(count)?.market;
      if (market !== undefined) await measureRound(market, meter, pace, cost);
    };
    for (let round = 0; round < rounds; round += 1) {
      for (const { screenings: count, cost } of few) {
        progress(`${String(count)} screenings`, (0.3 * round) / rounds);
        await measure(count, cost);
      }
    }
    progress(`creating ${String(most)} screenings and bringing them into memory`, 0.3);
    const all = await openMarket(most, seatsFor(most));
    markets.set(most, all);
    const idleAll = await idleMicrosPerSecond(meter, idleSeconds);
    for (const { cost } of points.slice(few.length)) {
      for (let round = 0; round < rounds; round += 1) {
        progress(`${String(most)} screenings`, 0.7 + (0.2 * round) / rounds);
        await measure(most, cost);
      }
    }
    const amongAll = new Cost();
    const least = Math.min(...screenings);
    for (let round = 0; round < ALONE_AGAIN; round += 1) await measure(least, amongAll);
    progress('sweeping the journals', 0.9);
    const { creationSeconds, activation } = all;
    return {
      points,
      amongAll,
      idleMicros: [idleFew, idleAll] as const,
      residentsMax,
      most: {
        screenings: most,
        creationSeconds,
        activationSeconds: activation.seconds,
        activationP50Micros: activation.latencyMicros.getValueAtPercentile(50),
        activationP99Micros: activation.latencyMicros.getValueAtPercentile(99),
      },
    };
  });
  return { ...result, swept };
}
