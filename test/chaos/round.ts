import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectBoxOffice } from '../support/box-office-client.js';
import { createScreening } from '../support/journey.js';
import { readFailure } from '../support/box-office-client.js';
import { auditTables } from './table-audit.js';
import { Caller } from './caller.js';
import { prng, type Prng } from '../support/prng.js';
import { openClusterUnderTest, type ClusterUnderTest } from './cluster-under-test.js';
import { Gallery } from './gallery.js';
import { HistoryRecorder, type Operation } from './history.js';
import { auditJournals } from './journal-audit.js';
import { checkHistory } from './linearizability/check-history.js';
import { Nemesis } from './nemesis.js';
import { brokenProgram, type Sabotage } from './sabotage.js';
import { Shopper, type Hall } from './shopper.js';

export interface RoundOptions {
  /** Plans the faults and what callers want. */
  readonly seed: string;
  /** How long there are faults. Healing and checking come after. */
  readonly seconds: number;
  readonly nodes: number;
  /** What the nodes do without: such a round should find something. */
  readonly without?: Sabotage;
  readonly log: (line: string) => void;
}

export interface RoundResult {
  /** Empty for a round that went well. Each has one or several lines. */
  readonly violations: readonly string[];
  readonly summary: Summary;
  readonly faults: readonly (readonly [what: string, times: number])[];
  /** Has the history and what the nodes wrote; kept when there are violations. */
  readonly folder: string;
}

/** How much went on in a round. */
type Summary = Readonly<Record<SummaryOfHistory | 'screenings' | 'seat maps seen' | 'live again after, ms', number>>;
type SummaryOfHistory =
  'operations' | 'succeeded' | 'refused' | 'unknown' | 'answered in a later attempt' | 'bookings acknowledged';

const CALLERS = 16;
const HALLS = 4;
const GROUPS = 6;
/** Halls fill up with bookings nobody knows of: their callers move on to others after this. */
const HALLS_LAST_MS = 20_000;
/** From the end of the faults until every screening takes commands on every node again. */
const LIVENESS_MS = 15_000;
const CREATE_MS = 60_000;
/** From then until every viewer has seen what was sold: some progress frames. */
const CATCH_UP_MS = 12_000;

/** Faults long before the usual timeouts. */
const OVERRIDES = {
  cluster: { drainTimeoutMs: 8_000 },
  postgres: { statementTimeoutMs: 2_000, connectTimeoutMs: 1_000 },
  health: { checkIntervalMs: 500 },
};

/**
 * Runs a cluster, harms it while callers buy and sell, heals it, and holds what they were told against the rules.
 * @throws Error naming the folder, which is kept, when the round cannot be finished
 */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { nodes, without } = options;
  const cluster = await openClusterUnderTest({ nodes, overrides: OVERRIDES, ...brokenProgram(without) });
  const { folder } = cluster;
  let keep = true;
  try {
    const result = await playOn(cluster, options);
    keep = result.violations.length > 0;
    return { ...result, folder };
  } catch (error) {
    throw new Error(`the round broke off; history and what the nodes wrote: ${folder}`, { cause: error });
  } finally {
    await cluster.close({ keep });
  }
}

async function playOn(
  cluster: ClusterUnderTest,
  { seed, seconds, log }: RoundOptions,
): Promise<Omit<RoundResult, 'folder'>> {
  const recorder = HistoryRecorder.create(path.join(cluster.folder, 'history.jsonl'), seed);
  const caller = new Caller(addressesOf(cluster), recorder);
  const gallery = new Gallery(cluster.nodes, prng(seed).split('gallery'));
  const violations: string[] = [];
  try {
    const timed = (line: string): void => {
      log(`${(recorder.now() / 1_000).toFixed(3).padStart(9)} s  ${line}`);
    };
    const chance = prng(seed);
    const nemesis = new Nemesis(cluster, chance.split('nemesis'), timed);
    const screeningIds: string[] = [];
    const shopping = shop(
      cluster,
      caller,
      chance.split('callers'),
      recorder.now() + seconds * 1_000,
      recorder,
      (screeningId) => {
        screeningIds.push(screeningId);
        gallery.add(screeningId);
      },
    );
    const harm = nemesis.run();
    try {
      await Promise.race([pause(seconds * 1_000), harm, shopping]);
    } finally {
      nemesis.stop();
      // Also when one of them failed: nobody may start a node after the cluster was closed.
      await Promise.allSettled([harm, shopping]);
    }
    await Promise.all([harm, shopping]);
    timed('healing everything');
    await cluster.heal();
    const healedMs = recorder.now();
    violations.push(...(await liveness(cluster, caller, screeningIds)));
    const liveAfterMs = recorder.now() - healedMs;
    violations.push(...(await gallery.catchUp(cluster.postgresUrl, CATCH_UP_MS)));
    await gallery.close();
    const history = await recorder.close();
    timed(`checking ${String(history.length)} operations`);
    for (const { kind, screeningId, text } of checkHistory(history))
      violations.push(`${kind} in ${screeningId}: ${text}`);
    violations.push(...(await auditTables(cluster.postgresUrl, history)));
    violations.push(...gallery.problems, ...(await auditJournals(cluster.postgresUrl, history, gallery.sights)));
    violations.push(...cluster.complaints);
    const summary = {
      ...summaryOf(history),
      screenings: screeningIds.length,
      'seat maps seen': gallery.sights.length,
      'live again after, ms': Math.round(liveAfterMs),
    };
    return { violations, summary, faults: nemesis.faults };
  } finally {
    caller.close();
    await gallery.close();
  }
}

function addressesOf({ nodes }: ClusterUnderTest): ReadonlyMap<string, string> {
  return new Map(nodes.map(({ id, grpcAddress }) => [id, grpcAddress]));
}

async function shop(
  cluster: ClusterUnderTest,
  caller: Caller,
  chance: Prng,
  untilMs: number,
  recorder: HistoryRecorder,
  opened: (screeningId: string) => void,
): Promise<void> {
  for (let season = 1; recorder.now() < untilMs; season += 1) {
    const halls = await Promise.all(
      Array.from({ length: HALLS }, (_, index) => openHall(cluster, `chaos-${String(season)}-${String(index + 1)}`)),
    );
    for (const { screeningId } of halls) opened(screeningId);
    const endMs = Math.min(untilMs, recorder.now() + HALLS_LAST_MS);
    await Promise.all(
      Array.from({ length: CALLERS }, (_, index) => {
        const name = `caller-${String(season)}-${String(index + 1)}`;
        return visit(
          caller,
          name,
          halls,
          chance.split(name),
          [...addressesOf(cluster).keys()],
          () => recorder.now() < endMs,
        );
      }),
    );
  }
}

async function visit(
  caller: Caller,
  name: string,
  halls: readonly Hall[],
  chance: Prng,
  nodeIds: readonly string[],
  goesOn: () => boolean,
): Promise<void> {
  const shopper = new Shopper(name, halls, chance.split('wants'), { ttlsMs: [1_000, 3_000, 60_000], bookingsKept: 4 });
  while (goesOn()) {
    const errand = shopper.next();
    const question = {
      client: name,
      screeningId: errand.hall.screeningId,
      requestId: errand.request.kind.startsWith('get-') ? '' : chance.uuid(),
      request: errand.request,
    };
    shopper.told(errand, await caller.ask(question, chance.some(nodeIds, nodeIds.length)));
    await pause(chance.between(0, 30));
  }
}

/** Rows 1 to 6 of the demo data's small hall, three seats each. */
async function openHall(cluster: ClusterUnderTest, screeningId: string): Promise<Hall> {
  const requestId = randomUUID();
  const groups = Array.from({ length: GROUPS }, (_, row) =>
    [1, 2, 3].map((seat) => `${String(row + 1)}-${String(seat)}`),
  );
  const deadlineMs = performance.now() + CREATE_MS;
  const startsAt = new Date(Date.now() + 86_400_000);
  for (let attempt = 0; ; attempt += 1) {
    const client = connectBoxOffice(cluster.nodes[attempt % cluster.nodes.length]?.grpcAddress ?? '');
    try {
      await createScreening(client, screeningId, { requestId, startsAt });
      return { screeningId, groups };
    } catch (error) {
      readFailure(error);
      if (performance.now() > deadlineMs) throw error;
    } finally {
      client.close();
    }
    await pause(100);
  }
}

/** By every node, every screening gives out a seat nobody else asks for. */
async function liveness(
  { nodes }: ClusterUnderTest,
  caller: Caller,
  screeningIds: readonly string[],
): Promise<readonly string[]> {
  const probes = screeningIds.flatMap((screeningId) => nodes.map(({ id }, index) => ({ screeningId, id, index })));
  const results = await Promise.all(
    probes.map(async ({ screeningId, id, index }) => {
      const request = {
        kind: 'hold' as const,
        buyerId: `probe-${id}`,
        seatIds: [`9-${String(index + 1)}`],
        ttlMs: 60_000,
      };
      const question = { client: `probe-${id}`, screeningId, requestId: randomUUID(), request };
      const outcome = await caller.ask(question, [id], { totalMs: LIVENESS_MS });
      return outcome.kind === 'ok'
        ? []
        : [`${screeningId} does not live again by way of ${id}: ${JSON.stringify(outcome)}`];
    }),
  );
  return results.flat();
}

function summaryOf(history: readonly Operation[]): Readonly<Record<SummaryOfHistory, number>> {
  const count = (is: (operation: Operation) => boolean): number => history.filter(is).length;
  return {
    operations: history.length,
    succeeded: count(({ outcome }) => outcome.kind === 'ok'),
    refused: count(({ outcome }) => outcome.kind === 'refused'),
    unknown: count(({ outcome }) => outcome.kind === 'unknown'),
    'answered in a later attempt': count(({ inDoubt, outcome }) => inDoubt && outcome.kind !== 'unknown'),
    'bookings acknowledged': count(
      ({ request, outcome }) => outcome.kind === 'ok' && (request.kind === 'confirm' || request.kind === 'book'),
    ),
  };
}
