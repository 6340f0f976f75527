import { randomUUID } from 'node:crypto';
import { createScreening } from '../box-office.js';
import { MachineUnfit } from '../machine.js';
import { openRawClient } from '../load/raw-client.js';
import type { BenchNode } from '../node/spawn-bench-node.js';
import type { GhzRun } from './ghz-report.js';
import { encodeHolds, uniqueHolds } from './requests.js';
import { ghzProgram, runGhz } from './run-ghz.js';
import { askAgain, sweep } from './sweep.js';

export interface HotByGhzPlan {
  /** Where the screening is; a hall with a seat for every request. */
  readonly auditoriumId: string;
  readonly seats: number;
  /** So many requests as take about this long at this many per second. */
  readonly seconds: number;
  readonly expectedRps: number;
  /** A folder for what ghz reads and writes. */
  readonly home: string;
}

export interface HotByGhz extends GhzRun {
  readonly oversold: number;
  readonly lost: number;
  readonly faults: readonly string[];
}

const WARM_UP_SECONDS = 0.5;
/** Answers our own client asks for again. */
const SAMPLE = 1_000;

/** Why there can be no figures by ghz; undefined when there can. Builds it where that is possible. */
export function whyNoGhz(): string | undefined {
  try {
    ghzProgram();
    return undefined;
  } catch (error) {
    if (error instanceof MachineUnfit) return error.message;
    throw error;
  }
}

/** Durable holds of unique seats on one fresh screening. @throws MachineUnfit when ghz does not run */
export async function measureHotByGhz(node: BenchNode, plan: HotByGhzPlan): Promise<HotByGhz> {
  const { auditoriumId, seats, seconds, expectedRps, home } = plan;
  const client = await openRawClient(node.grpcAddress);
  try {
    const screeningId = `ghz-${randomUUID()}`;
    await createScreening(client, auditoriumId, screeningId);
    const count = Math.min(seats, Math.max(1_000, Math.round(expectedRps * (seconds + WARM_UP_SECONDS))));
    const wanted = uniqueHolds([screeningId], count);
    const run = await runGhz({
      config: 'unique',
      address: node.grpcAddress,
      home,
      requests: encodeHolds(wanted),
      warmUpSeconds: Math.min(WARM_UP_SECONDS, count / expectedRps / 2),
    });
    const given = run.all.errors > 0 ? [] : await askAgain(client, wanted, SAMPLE);
    return { ...run, ...(await sweep(node, [screeningId], [{ kind: 'seats-held', answers: run.all }], given)) };
  } finally {
    client.close();
  }
}
