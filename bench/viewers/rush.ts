import { setTimeout as pause } from 'node:timers/promises';
import type { Histogram } from 'hdr-histogram-js';
import { HoldTokens } from '../load/hold-tokens.js';
import { runPacedLoop } from '../load/paced-loop.js';
import { openRawClient } from '../load/raw-client.js';
import type { Ours } from './ours.js';
import type { Rush } from './plan.js';
import { publishTo, type Show } from './rounds.js';

/** What buyers and viewers got of one machine, both at once. */
export interface RushResult {
  readonly viewers: number;
  readonly offeredPerSecond: number;
  readonly acceptedPerSecond: number;
  readonly accepted: number;
  readonly errors: number;
  /** Of holds, from the moment each was due, in microseconds. */
  readonly latencyMicros: Histogram;
  /** From each change of the watched screening to its last viewer. */
  readonly lastMs: readonly number[];
  readonly oversold: number;
  readonly lost: number;
}

const HALL_SEATS = 200_000;
const CONNECTIONS = 8;
const WARM_UP_SECONDS = 2;

/**
 * Durable holds at a steady rate on a screening that nobody watches, while everybody
 * watches another one, which may be sold as well.
 */
export async function rush(ours: Ours, show: Show, { rate, seconds, changes }: Rush): Promise<RushResult> {
  const screening = await ours.openScreening(HALL_SEATS);
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => openRawClient(screening.ownerAddress)));
  try {
    const loop = {
      path: '/cinema.boxoffice.v1.SeatService/HoldSeats',
      screeningId: screening.screeningId,
      rate,
    };
    const warmUp = await runPacedLoop(clients, { ...loop, firstSeat: 0, seconds: WARM_UP_SECONDS });
    const firstSeat = rate * WARM_UP_SECONDS;
    const lastMs: number[] = [];
    const sellWatched = async (): Promise<void> => {
      for (let change = 0; change < changes; change += 1) {
        const period = pause((seconds * 1_000) / changes);
        const { at, epochMs } = await publishTo(show);
        lastMs.push(at.reduce((last, [atMs]) => Math.max(last, atMs), 0) - epochMs);
        await period;
      }
    };
    const [run] = await Promise.all([runPacedLoop(clients, { ...loop, firstSeat, seconds }), sellWatched()]);
    const { oversold, lost } = await screening.audit(HoldTokens.merged(warmUp.tokens, run.tokens));
    return {
      viewers: show.crowd.size,
      offeredPerSecond: rate,
      acceptedPerSecond: run.accepted / run.seconds,
      accepted: run.accepted,
      errors: run.errors + warmUp.errors,
      latencyMicros: run.latencyMicros,
      lastMs,
      oversold,
      lost,
    };
  } finally {
    for (const client of clients) client.close();
  }
}
