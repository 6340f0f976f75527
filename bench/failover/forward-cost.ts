import { randomUUID } from 'node:crypto';
import { audit } from '../audit.js';
import { createHall, createScreening } from '../box-office.js';
import { checkHold } from '../load/check-hold.js';
import { runClosedLoop } from '../load/closed-loop.js';
import { HoldTokens } from '../load/hold-tokens.js';
import { runPacedLoop } from '../load/paced-loop.js';
import { openRawClient, type RawClient } from '../load/raw-client.js';
import type { ClusterNode } from '../../src/local-cluster/local-cluster.js';
import { openLoggedCluster, type LoggedClusterPlan } from './logged-cluster.js';
import { Operator } from './operator.js';

const HOLD_PATH = '/cinema.boxoffice.v1.SeatService/HoldSeats';
const HALL = 'synthetic';
const HALL_SEATS = 200_000;
const CONNECTIONS = 8;
const CALLERS = 256;
/** Of what the other node can pass on at most: near saturation, and yet the same rate for both. */
const LOAD_FACTOR = 0.8;
const WARM_UP_SECONDS = 1;
const PROBE_SECONDS = 4;

export interface ForwardCostPlan extends Omit<LoggedClusterPlan, 'nodes'> {
  /** Owner and other node in turns, this often. */
  readonly rounds: number;
  /** Of one measurement. */
  readonly seconds: number;
  readonly progress: (done: number) => void;
}

export interface ForwardCostResult {
  /** Of both modes, commands per second. */
  readonly rate: number;
  /** CPU ms of both nodes per command: every call to the owner. One per round. */
  readonly localCpuMs: readonly number[];
  /** Every call to the other node. */
  readonly forwardCpuMs: readonly number[];
  /** How long each measurement really took, in the order of the measurements: more than was planned means saturation. */
  readonly tookSeconds: readonly number[];
  /** In both modes, warm-up included. */
  readonly commands: number;
  readonly errors: number;
  readonly lost: number;
  readonly oversold: number;
}

/**
 * What a command costs that comes in at its owner, and what it costs when it comes in
 * at the other node: CPU time of both processes, at the same rate, on the same
 * screenings, in turns.
 */
export async function measureForwardCost(plan: ForwardCostPlan): Promise<ForwardCostResult> {
  const cluster = await openLoggedCluster({ ...plan, nodes: 2 });
  const clients = new Map<string, readonly RawClient[]>();
  try {
    for (const { id, grpcAddress } of cluster.nodes)
      clients.set(id, await Promise.all(Array.from({ length: CONNECTIONS }, () => openRawClient(grpcAddress))));
    return await measured(plan, cluster.nodes, clients, cluster.postgresUrl);
  } finally {
    for (const client of [...clients.values()].flat()) client.close();
    await cluster.close();
  }
}

async function measured(
  { rounds, seconds, progress }: ForwardCostPlan,
  nodes: readonly ClusterNode[],
  clients: ReadonlyMap<string, readonly RawClient[]>,
  postgresUrl: string,
): Promise<ForwardCostResult> {
  const [anyClient] = [...clients.values()].flat();
  if (anyClient === undefined) throw new RangeError('two nodes are needed');
  await createHall(anyClient, HALL, HALL_SEATS);
  const rate = Math.floor((await mostForwarded(anyClient, clients)) * LOAD_FACTOR);
  const result = {
    localCpuMs: new Array<number>(),
    forwardCpuMs: new Array<number>(),
    tookSeconds: new Array<number>(),
    commands: 0,
    errors: 0,
    lost: 0,
    oversold: 0,
  };
  for (let round = 0; round < rounds; round += 1) {
    progress(round / rounds);
    const { screeningId, atOwner, atOther } = await freshScreening(anyClient, clients);
    const tokens = new HoldTokens();
    let firstSeat = 0;
    const run = async (through: readonly RawClient[]): Promise<number> => {
      const loop = { path: HOLD_PATH, screeningId, rate, check: checkHold };
      const warmUp = await runPacedLoop(through, { ...loop, firstSeat, seconds: WARM_UP_SECONDS });
      const before = await cpuSeconds(nodes);
      firstSeat += Math.floor(rate * WARM_UP_SECONDS);
      const paced = await runPacedLoop(through, { ...loop, firstSeat, seconds });
      const after = await cpuSeconds(nodes);
      firstSeat += Math.floor(rate * seconds);
      tokens.addAll(warmUp.tokens);
      tokens.addAll(paced.tokens);
      result.commands += warmUp.accepted + paced.accepted;
      result.errors += warmUp.errors + paced.errors;
      result.tookSeconds.push(paced.seconds);
      return ((after - before) * 1000) / paced.accepted;
    };
    // Whoever goes second finds the screening fuller and the machine warmer: they take turns.
    if (round % 2 === 0) result.localCpuMs.push(await run(atOwner));
    result.forwardCpuMs.push(await run(atOther));
    if (round % 2 === 1) result.localCpuMs.push(await run(atOwner));
    const swept = await audit(postgresUrl, screeningId, tokens);
    result.lost += swept.lost;
    result.oversold += swept.oversold;
  }
  progress(1);
  return { rate, ...result };
}

/** Commands per second that come through the node that is not the owner, with as many callers as it likes. */
async function mostForwarded(
  anyClient: RawClient,
  clients: ReadonlyMap<string, readonly RawClient[]>,
): Promise<number> {
  const { screeningId, atOther } = await freshScreening(anyClient, clients);
  const loop = { path: HOLD_PATH, screeningId, callers: CALLERS, check: checkHold };
  const warmUp = await runClosedLoop(atOther, { ...loop, firstSeat: 0, seconds: WARM_UP_SECONDS });
  const firstSeat = warmUp.accepted + warmUp.refused + warmUp.errors;
  const probe = await runClosedLoop(atOther, { ...loop, firstSeat, seconds: PROBE_SECONDS });
  return probe.accepted / probe.seconds;
}

/** A new screening, with the connections to its owner and those to the other node. */
async function freshScreening(
  anyClient: RawClient,
  clients: ReadonlyMap<string, readonly RawClient[]>,
): Promise<{
  readonly screeningId: string;
  readonly atOwner: readonly RawClient[];
  readonly atOther: readonly RawClient[];
}> {
  const screeningId = `forward-${randomUUID()}`;
  await createScreening(anyClient, HALL, screeningId);
  const owner = await new Operator(anyClient).ownerOf(screeningId);
  const others = [...clients].filter(([nodeId]) => nodeId !== owner);
  return { screeningId, atOwner: clients.get(owner) ?? [], atOther: others.flatMap(([, connections]) => connections) };
}

/** CPU time of the processes since they started, user and system, as their metrics say. */
async function cpuSeconds(nodes: readonly ClusterNode[]): Promise<number> {
  const texts = await Promise.all(nodes.map(async ({ httpUrl }) => (await fetch(`${httpUrl}/metrics`)).text()));
  return texts.reduce((sum, text) => sum + cpuSecondsIn(text), 0);
}

const CPU_LINE = /^cinema_process_cpu_seconds_total(?:\{[^}]*\})? ([0-9.e+-]+)/m;

/** @throws when the metrics do not tell it */
function cpuSecondsIn(metrics: string): number {
  const value = CPU_LINE.exec(metrics)?.[1];
  if (value === undefined) throw new Error('the metrics of a node do not tell its CPU time');
  return Number(value);
}
