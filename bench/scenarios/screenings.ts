import { withBoxOffice, type BoxOfficeStage } from '../ghz/box-office-stage.js';
import type { GhzRun } from '../ghz/ghz-report.js';
import { latencyColumns, latencyCells } from '../ghz/latency-cells.js';
import { encodeHolds, uniqueHolds } from '../ghz/requests.js';
import { askAgain, sweep } from '../ghz/sweep.js';
import { median } from '../median.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';

const HOT_SEATS = 200_000;
const MANY = 200;
const MANY_SEATS = 1_000;
/** Of one screening in two hundred there are two or three under way, and ten: how many go with one turn. */
const CALLERS = [512, 2_048] as const;
/** Answers our own client asks for again, per run of ghz. */
const SAMPLE = 1_000;

/** All rounds with so many requests under way. */
export interface Comparison {
  readonly callers: number;
  readonly floor: Round[];
  readonly hot: Round[];
  readonly many: Round[];
}

export interface Round {
  readonly run: GhzRun;
  /** CPU time of the node for each request. */
  readonly nodeCpuMicros: number;
  readonly faults: readonly string[];
}

/** One screening against two hundred and against a method that does nothing, in turns. */
export const screenings: Scenario = {
  name: 'screenings',
  title: 'One hot screening against many',
  about:
    `ghz holds one seat per request, every request its own seat and buyer: in turns all on one screening of ` +
    `${HOT_SEATS.toLocaleString('en-US')} seats, or spread over ${String(MANY)} screenings of ` +
    `${MANY_SEATS.toLocaleString('en-US')} seats each, fresh screenings in every round; or the same requests to a method on ` +
    `the same server that does nothing (\`floor\`). A closed loop over 4 connections, with ` +
    `${CALLERS.map(count).join(' and with ')} requests under way.`,
  run: (stage) => withBoxOffice(stage, (boxOffice) => measure(stage, boxOffice)),
};

async function measure(stage: Stage, boxOffice: BoxOfficeStage): Promise<Outcome> {
  const rounds = stage.isShort ? 1 : 5;
  const requests = stage.isShort ? 20_000 : 100_000;
  const warmUpSeconds = stage.isShort ? 0.2 : 1;
  const comparisons: readonly Comparison[] = CALLERS.map((callers) => ({
    callers,
    floor: [],
    hot: [],
    many: [],
  }));
  const load = async (
    config: 'unique' | 'floor',
    messages: readonly Uint8Array[],
    callers: number,
  ): Promise<Omit<Round, 'faults'>> => {
    const before = await boxOffice.node.cpuMicros();
    const run = await boxOffice.ghz({ config, requests: messages, callers, warmUpSeconds });
    return { run, nodeCpuMicros: ((await boxOffice.node.cpuMicros()) - before) / run.all.requests };
  };
  const one = async (callers: number, screenings: number, seats: number): Promise<Round> => {
    const ids = await boxOffice.openScreenings(screenings, seats);
    // Brings every screening into memory: that is not what is compared.
    const first = await askAgain(boxOffice.client, uniqueHolds(ids, ids.length), ids.length);
    const wanted = uniqueHolds(ids, requests, 1);
    const loaded = await load('unique', encodeHolds(wanted), callers);
    const given = [...first, ...(await askAgain(boxOffice.client, wanted, SAMPLE))];
    const { accepted, errors } = loaded.run.all;
    const answers = { accepted: accepted + first.length, errors };
    const { faults } = await sweep(boxOffice.node, ids, [{ kind: 'seats-held', answers }], given);
    return { ...loaded, faults };
  };
  const oneOfFloor = async (callers: number): Promise<Round> => {
    const wanted = encodeHolds(uniqueHolds(['none'], requests));
    return { ...(await load('floor', wanted, callers)), faults: [] };
  };
  stage.progress('warming up', 0);
  await oneOfFloor(CALLERS[0]);
  await one(CALLERS[0], 1, HOT_SEATS);
  for (let round = 0; round < rounds; round += 1) {
    stage.progress(`round ${String(round + 1)} of ${String(rounds)}`, (round + 0.5) / (rounds + 0.5));
    for (const { callers, floor, hot, many } of comparisons) {
      const runHot = async (): Promise<void> => void hot.push(await one(callers, 1, HOT_SEATS));
      // Whoever goes second finds the machine as the first left it: they take turns.
      if (round % 2 === 0) await runHot();
      floor.push(await oneOfFloor(callers));
      many.push(await one(callers, MANY, MANY_SEATS));
      if (round % 2 === 1) await runHot();
    }
  }
  return outcomeOf(comparisons);
}

export function outcomeOf(comparisons: readonly Comparison[]): Outcome {
  const rows = (name: string, rounds: readonly Round[]): (string | number)[][] =>
    rounds.map(({ run }, index) => [
      `${name}, round ${String(index + 1)}`,
      run.measured.acceptedRps,
      ...latencyCells(run.measured.acceptedMicros),
      run.all.accepted,
      run.all.refused,
      run.all.errors,
    ]);
  const all = comparisons.flatMap(({ floor, hot, many }) => [...floor, ...hot, ...many]);
  const byCallers = (of: (comparison: Comparison) => number): Record<string, number> =>
    Object.fromEntries(comparisons.map((comparison) => [String(comparison.callers), of(comparison)]));
  const pointsOf = (rounds: (comparison: Comparison) => readonly Round[]): [string, number][] =>
    comparisons.map((comparison) => [count(comparison.callers), Math.round(rpsOf(rounds(comparison)))]);
  const sum = (key: 'accepted' | 'refused' | 'errors'): number =>
    all.reduce((total, { run }) => total + run.all[key], 0);
  const faults = all.flatMap((round) => round.faults);
  if (sum('refused') + sum('errors') > 0)
    faults.push(`${String(sum('refused'))} requests for free seats were refused, ${String(sum('errors'))} failed`);
  return {
    figures: {
      floor_rps: byCallers(({ floor }) => Math.round(rpsOf(floor))),
      hot_rps: byCallers(({ hot }) => Math.round(rpsOf(hot))),
      many_rps: byCallers(({ many }) => Math.round(rpsOf(many))),
      ratio: byCallers(({ hot, many }) => rpsOf(hot) / rpsOf(many)),
      over_floor: byCallers(({ floor, hot }) => rpsOf(hot) / rpsOf(floor)),
      floor_busy_cores: byCallers(({ floor }) => busyCores(floor)),
      hot_busy_cores: byCallers(({ hot }) => busyCores(hot)),
      many_busy_cores: byCallers(({ many }) => busyCores(many)),
      accepted: sum('accepted'),
      refused: sum('refused'),
      errors: sum('errors'),
    },
    tables: [
      {
        title: 'Holds on one screening, over many, and requests to what does nothing',
        columns: ['', 'accepted/s', ...latencyColumns, 'accepted', 'refused', 'errors'],
        rows: comparisons.flatMap(({ callers, floor, hot, many }) => [
          ...rows(`hot, ${count(callers)} callers`, hot),
          ...rows(`many, ${count(callers)} callers`, many),
          ...rows(`floor, ${count(callers)} callers`, floor),
        ]),
      },
    ],
    charts: [
      {
        name: 'throughput',
        title: 'Durable holds per second, by ghz',
        kind: 'bar',
        x: { label: 'requests under way' },
        y: { label: 'accepted/s, median of the rounds' },
        series: [
          { name: 'one screening', points: pointsOf(({ hot }) => hot) },
          { name: `${String(MANY)} screenings`, points: pointsOf(({ many }) => many) },
          { name: 'floor', points: pointsOf(({ floor }) => floor) },
        ],
      },
    ],
    targets: comparisons.map(({ callers, hot, many }) => ({
      what: `one hot screening and many, ${count(callers)} callers, throughput of the slower over the faster`,
      measured: Math.min(rpsOf(hot), rpsOf(many)) / Math.max(rpsOf(hot), rpsOf(many)),
      bound: 0.85,
      side: 'at least',
    })),
    faults,
    notes: [
      `One hot screening over the floor: ${comparisons
        .map(
          ({ callers, floor, hot }) =>
            `${(rpsOf(hot) / rpsOf(floor)).toFixed(2)} with ${count(callers)} callers (the node is busy ` +
            `${busyCores(hot).toFixed(2)} of a core with the holds and ${busyCores(floor).toFixed(2)} with the floor)`,
        )
        .join(
          ', ',
        )}. Where the node is busy less than a core, ghz, which shares the cores, has held the throughput down as well.`,
      'Every screening is in memory before ghz starts. `accepted`, `refused` and `errors` count the warm-up of each run as well.',
    ],
  };
}

function count(callers: number): string {
  return callers.toLocaleString('en-US');
}

/** Of the node: its CPU time for each request, times what was accepted; the median of the rounds. */
function busyCores(rounds: readonly Round[]): number {
  return median(rounds.map(({ run, nodeCpuMicros }) => (run.measured.acceptedRps * nodeCpuMicros) / 1e6));
}

/** The median of the rounds. */
function rpsOf(rounds: readonly Round[]): number {
  return median(rounds.map(({ run }) => run.measured.acceptedRps));
}
