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
interface Comparison {
  readonly callers: number;
  readonly floor: Round[];
  readonly hot: Round[];
  readonly many: Round[];
}

interface Round {
  readonly run: GhzRun;
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
  const one = async (callers: number, screenings: number, seats: number): Promise<Round> => {
    const ids = await boxOffice.openScreenings(screenings, seats);
    // Brings every screening into memory: that is not what is compared.
    const first = await askAgain(boxOffice.client, uniqueHolds(ids, ids.length), ids.length);
    const wanted = uniqueHolds(ids, requests, 1);
    const run = await boxOffice.ghz({ config: 'unique', requests: encodeHolds(wanted), callers, warmUpSeconds });
    const given = [...first, ...(await askAgain(boxOffice.client, wanted, SAMPLE))];
    const { accepted, errors } = run.all;
    const answers = { accepted: accepted + first.length, errors };
    const { faults } = await sweep(boxOffice.node, ids, [{ kind: 'seats-held', answers }], given);
    return { run, faults };
  };
  const oneOfFloor = async (callers: number): Promise<Round> => {
    const wanted = encodeHolds(uniqueHolds(['none'], requests));
    return { run: await boxOffice.ghz({ config: 'floor', requests: wanted, callers, warmUpSeconds }), faults: [] };
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

function outcomeOf(comparisons: readonly Comparison[]): Outcome {
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
        .map(({ callers, floor, hot }) => `${(rpsOf(hot) / rpsOf(floor)).toFixed(2)} with ${count(callers)} callers`)
        .join(
          ', ',
        )}. ghz costs less than the generator of the scenario \`peers\` and spreads over both cores, so that nothing holds the floor up but the node.`,
      'Every screening is in memory before ghz starts. `accepted`, `refused` and `errors` count the warm-up of each run as well.',
    ],
  };
}

function count(callers: number): string {
  return callers.toLocaleString('en-US');
}

/** The median of the rounds. */
function rpsOf(rounds: readonly Round[]): number {
  return median(rounds.map(({ run }) => run.measured.acceptedRps));
}
