import { randomUUID } from 'node:crypto';
import type { Histogram } from 'hdr-histogram-js';
import { audit } from './audit.js';
import { createHall, createScreening } from './box-office.js';
import { runClosedLoop, type LoopResult } from './load/closed-loop.js';
import { HoldTokens } from './load/hold-tokens.js';
import { mergedLatency } from './load/latency.js';
import { openRawClient, type RawClient } from './load/raw-client.js';
import { FLOOR_PATH } from './node/floor-service.js';
import type { BenchNode } from './node/spawn-bench-node.js';

const HOLD_PATH = '/cinema.boxoffice.v1.SeatService/HoldSeats';
/** Where it all takes place; stays when the measurement is over. */
export const HALL = { auditoriumId: 'synthetic', seats: 200_000 };

export interface HotScreeningPlan {
  readonly rounds: number;
  /** Of one measurement. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  /** Requests under way at once. */
  readonly callers: number;
}

export interface HotScreeningResult {
  readonly floorRps: number;
  readonly durableRps: number;
  readonly floorCpuMicros: number;
  readonly durableCpuMicros: number;
  readonly latencyMicros: Histogram;
  readonly idle: IdleLatency;
  readonly accepted: number;
  readonly refused: number;
  readonly errors: number;
  readonly oversold: number;
  readonly lost: number;
}

/** Latency of one caller alone, medians in ms. */
export interface IdleLatency {
  readonly floorMs: number;
  readonly durableMs: number;
  readonly commitMs: number;
}

/**
 * Durable holds on one hot screening against the floor, in turns on the same node with
 * the same generator, so that whatever the machine does it does to both. Every answer
 * is checked, and the journal is swept at the end.
 */
export async function measureHotScreening(
  node: BenchNode,
  plan: HotScreeningPlan,
  progress: (step: string, done: number) => void,
): Promise<HotScreeningResult> {
  const clients = await Promise.all(Array.from({ length: plan.connections }, () => openRawClient(node.grpcAddress)));
  const [first] = clients;
  if (first === undefined) throw new RangeError('at least one connection is needed');
  try {
    progress('importing a hall of 200,000 seats', 0);
    await createHall(first, HALL.auditoriumId, HALL.seats);
    const idle = await idleLatency(node, first);
    progress('warming up', 0);
    const warmUpScreening = await freshScreening(first);
    await measured(node, clients, plan, FLOOR_PATH, warmUpScreening);
    await measured(node, clients, plan, HOLD_PATH, warmUpScreening);
    const floor: Measured[] = [];
    const durable: Measured[] = [];
    let oversold = 0;
    let lost = 0;
    for (let round = 0; round < plan.rounds; round += 1) {
      const screeningId = await freshScreening(first);
      progress(`round ${String(round + 1)} of ${String(plan.rounds)}`, round / plan.rounds);
      const measureFloor = async (): Promise<void> => {
        floor.push(await measured(node, clients, plan, FLOOR_PATH, screeningId));
      };
      // Whoever goes second finds the machine as the first left it: they take turns.
      if (round % 2 === 0) await measureFloor();
      const run = await measured(node, clients, plan, HOLD_PATH, screeningId);
      durable.push(run);
      if (round % 2 === 1) await measureFloor();
      progress(`round ${String(round + 1)}: sweeping the journal`, (round + 0.9) / plan.rounds);
      const swept = await audit(node.postgresUrl, screeningId, run.tokens);
      oversold += swept.oversold;
      lost += swept.lost;
    }
    return {
      floorRps: perSecond(floor),
      durableRps: perSecond(durable),
      floorCpuMicros: cpuPerRequest(floor),
      durableCpuMicros: cpuPerRequest(durable),
      latencyMicros: mergedLatency(durable.map(({ latencyMicros }) => latencyMicros)),
      idle,
      accepted: sum(durable, ({ accepted }) => accepted),
      refused: sum(durable, ({ refused }) => refused),
      errors: sum([...durable, ...floor], ({ errors }) => errors),
      oversold,
      lost,
    };
  } finally {
    for (const client of clients) client.close();
  }
}

interface Measured extends LoopResult {
  /** CPU time of the node's process. */
  readonly cpuMicros: number;
}

async function measured(
  node: BenchNode,
  clients: readonly RawClient[],
  { callers, seconds, warmUpSeconds }: HotScreeningPlan,
  path: string,
  screeningId: string,
): Promise<Measured> {
  const loop = { path, screeningId, callers };
  await node.collectGarbage();
  const warmUp = await runClosedLoop(clients, { ...loop, firstSeat: 0, seconds: warmUpSeconds });
  const before = await node.cpuMicros();
  const firstSeat = warmUp.accepted + warmUp.refused + warmUp.errors;
  const result = await runClosedLoop(clients, { ...loop, firstSeat, seconds });
  const after = await node.cpuMicros();
  return {
    ...result,
    tokens: HoldTokens.merged(warmUp.tokens, result.tokens),
    cpuMicros: after - before,
  };
}

/** One caller, one request at a time: what durability adds when nobody else is there. */
async function idleLatency(node: BenchNode, client: RawClient): Promise<IdleLatency> {
  const screeningId = await freshScreening(client);
  const alone = { screeningId, callers: 1, seconds: 1.5, firstSeat: 0 };
  const floor = await runClosedLoop([client], { ...alone, path: FLOOR_PATH });
  const durable = await runClosedLoop([client], { ...alone, path: HOLD_PATH });
  const reply = await fetch(`${node.httpUrl}/api/seat-reservations/queue-stats/${screeningId}`);
  const stats: unknown = await reply.json();
  return {
    floorMs: floor.latencyMicros.getValueAtPercentile(50) / 1000,
    durableMs: durable.latencyMicros.getValueAtPercentile(50) / 1000,
    commitMs: commitMedian(stats),
  };
}

async function freshScreening(client: RawClient): Promise<string> {
  const screeningId = `hot-${randomUUID()}`;
  await createScreening(client, HALL.auditoriumId, screeningId);
  return screeningId;
}

function commitMedian(stats: unknown): number {
  if (typeof stats === 'object' && stats !== null && 'commit_ms' in stats) {
    const { commit_ms: commitMs } = stats;
    if (typeof commitMs === 'object' && commitMs !== null && 'p50' in commitMs && typeof commitMs.p50 === 'number')
      return commitMs.p50;
  }
  throw new Error('the queue statistics have no commit time');
}

function perSecond(runs: readonly Measured[]): number {
  return sum(runs, ({ accepted }) => accepted) / sum(runs, ({ seconds }) => seconds);
}

function cpuPerRequest(runs: readonly Measured[]): number {
  return sum(runs, ({ cpuMicros }) => cpuMicros) / sum(runs, ({ accepted }) => accepted);
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
