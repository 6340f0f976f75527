import type { Histogram } from 'hdr-histogram-js';
import { latencyHistogram } from '../load/latency.js';
import type { Market } from './market.js';
import type { Meter, Reading } from './meter.js';

/** How a cost is measured. */
export interface Pace {
  /** Requests per second. */
  readonly rate: number;
  /** At that rate, before anything is counted. */
  readonly warmUpSeconds: number;
  readonly roundSeconds: number;
}

/** What the rounds at one point of a curve cost. */
export class Cost {
  readonly latencyMicros: Histogram = latencyHistogram();
  accepted = 0;
  /** By round, CPU microseconds of the whole system per reservation. */
  readonly rounds: number[] = [];
  /** Longest round over its planned length: above 1.1 the rate was not held. */
  stretch = 0;
  private readonly sum = { ...NOTHING };

  add(spent: Reading, accepted: number, stretch: number, latencyMicros: Histogram): void {
    this.accepted += accepted;
    this.rounds.push(totalMicros(spent) / accepted);
    this.stretch = Math.max(this.stretch, stretch);
    this.latencyMicros.add(latencyMicros);
    for (const key of KEYS) this.sum[key] += spent[key];
  }

  /** Per reservation. */
  get each(): Reading {
    return Object.fromEntries(KEYS.map((key) => [key, this.sum[key] / this.accepted])) as unknown as Reading;
  }

  get turnsPerCommit(): number {
    return this.sum.turns / this.sum.commits;
  }
}

const NOTHING = {
  nodeMicros: 0,
  postgresMicros: 0,
  redisMicros: 0,
  commits: 0,
  walBytes: 0,
  turns: 0,
  snapshots: 0,
};
const KEYS = Object.keys(NOTHING) as (keyof typeof NOTHING)[];

export function totalMicros({ nodeMicros, postgresMicros, redisMicros }: Reading): number {
  return nodeMicros + postgresMicros + redisMicros;
}

/** Adds one round to a cost. */
export async function measureRound(market: Market, meter: Meter, pace: Pace, cost: Cost): Promise<void> {
  await market.sellAtPace(pace.rate, pace.warmUpSeconds);
  const before = await meter.read();
  const { accepted, seconds, latencyMicros } = await market.sellAtPace(pace.rate, pace.roundSeconds);
  cost.add(between(before, await meter.read()), accepted, seconds / pace.roundSeconds, latencyMicros);
}

/** What the system spends when nobody asks it for anything, in CPU microseconds per second. */
export async function idleMicrosPerSecond(meter: Meter, seconds: number): Promise<number> {
  const before = await meter.read();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return totalMicros(between(before, await meter.read())) / seconds;
}

function between(before: Reading, after: Reading): Reading {
  return Object.fromEntries(KEYS.map((key) => [key, after[key] - before[key]])) as unknown as Reading;
}
