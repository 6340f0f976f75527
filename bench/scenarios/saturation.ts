import { withBoxOffice, type BoxOfficeStage } from '../ghz/box-office-stage.js';
import type { GhzRun } from '../ghz/ghz-report.js';
import { latencyCells, latencyColumns } from '../ghz/latency-cells.js';
import { encodeHolds, uniqueHolds } from '../ghz/requests.js';
import { askAgain, sweep } from '../ghz/sweep.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';

const HALL_SEATS = 200_000;
/** Requests per second, offered whatever the answers do. */
const RATES = [1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 20_000];
/** A rate is carried when so much of it really comes, is accepted, and 99 of 100 answers take no longer. */
const ENOUGH = 0.99;
const P99_MAX_MS = 1_000;
/** What the classic design document claims. */
const CLASSIC = { rps: 5_000, meanMs: 200, accepted: 0.995 };

interface Step {
  readonly rate: number;
  readonly run: GhzRun;
  /** Share of the requests. */
  readonly accepted: number;
}

/** A fixed rate, higher and higher. */
export const saturation: Scenario = {
  name: 'saturation',
  title: 'Fixed rates up to saturation',
  about:
    'ghz offers holds of free seats on one hot screening at a fixed rate and does not wait for answers (`async`), over 4 ' +
    `connections, at rising rates. A rate is carried when at least ${String(ENOUGH * 100)} % of it is really sent and is accepted within the ` +
    'run, and p99 stays below a second. The highest carried rate is the saturation; then 80 % of it is offered.',
  run: (stage) => withBoxOffice(stage, (boxOffice) => measure(stage, boxOffice)),
};

async function measure(stage: Stage, { node, client, ghz, openScreenings }: BoxOfficeStage): Promise<Outcome> {
  const seconds = stage.isShort ? 1 : 6;
  const warmUpSeconds = stage.isShort ? 0.3 : 1;
  const rates = stage.isShort ? RATES.filter((_rate, index) => index % 3 === 0) : RATES;
  const faults: string[] = [];
  let [oversold, lost] = [0, 0];
  const offer = async (rate: number): Promise<Step> => {
    const screeningIds = await openScreenings(1, HALL_SEATS);
    const wanted = uniqueHolds(screeningIds, rate * (seconds + warmUpSeconds));
    const run = await ghz({ config: 'open-hold', requests: encodeHolds(wanted), rps: rate, warmUpSeconds });
    // Where an answer did not come in time, asking again may hold the seat only now: only a clean run is asked.
    const isClean = run.all.accepted === run.all.requests;
    const given = isClean ? await askAgain(client, wanted, 1_000) : [];
    const swept = await sweep(node, screeningIds, [{ kind: 'seats-held', answers: run.all }], given);
    oversold += swept.oversold;
    lost += swept.lost;
    faults.push(...swept.faults);
    return { rate, run, accepted: run.measured.accepted / run.measured.requests };
  };
  stage.progress('warming up', 0);
  await offer(4_000);
  const steps: Step[] = [];
  for (const rate of rates) {
    stage.progress(`${rate.toLocaleString('en-US')} requests/s`, steps.length / (rates.length + 1));
    const step = await offer(rate);
    steps.push(step);
    if (!isCarried(step)) break;
  }
  const saturationRps = steps.filter(isCarried).at(-1)?.rate ?? 0;
  if (saturationRps === 0) faults.push('not even the lowest rate was carried');
  const easyRps = Math.round(saturationRps * 0.8);
  stage.progress(`80 % of saturation: ${easyRps.toLocaleString('en-US')} requests/s`, 0.95);
  const easy = await offer(Math.max(easyRps, 1));
  // Nobody may be refused or left alone below saturation; beyond it that is what is looked for.
  for (const { rate, run } of [easy, ...steps.filter(isCarried)])
    if (run.all.errors > run.all.requests / 1_000)
      faults.push(`${String(run.all.errors)} of ${String(run.all.requests)} requests failed at ${String(rate)}/s`);
  return outcomeOf(steps, easy, saturationRps, { oversold, lost }, faults);
}

function isCarried({ rate, run, accepted }: Step): boolean {
  const { offeredRps, acceptedMicros } = run.measured;
  return (
    offeredRps >= ENOUGH * rate && accepted >= ENOUGH && acceptedMicros.getValueAtPercentile(99) / 1_000 <= P99_MAX_MS
  );
}

function outcomeOf(
  steps: readonly Step[],
  easy: Step,
  saturationRps: number,
  swept: { readonly oversold: number; readonly lost: number },
  faults: readonly string[],
): Outcome {
  const row = (name: string, { run, accepted }: Step): (string | number)[] => [
    name,
    run.measured.offeredRps,
    run.measured.acceptedRps,
    (accepted * 100).toFixed(2),
    ...latencyCells(run.measured.acceptedMicros),
    run.all.accepted,
    run.all.refused,
    run.all.errors,
  ];
  const curve = (percent: number): [number, number][] =>
    steps.map(({ rate, run }) => [rate, run.measured.acceptedMicros.getValueAtPercentile(percent) / 1_000]);
  const peak = steps.filter(isCarried).at(-1) ?? easy;
  const peakMs = peak.run.measured.acceptedMicros.mean / 1_000;
  return {
    figures: {
      saturation_rps: saturationRps,
      peak_accepted_rps: Math.round(peak.run.measured.acceptedRps),
      peak_mean_ms: peakMs,
      peak_accepted_share: peak.accepted,
      at_80_percent_rps: easy.rate,
      at_80_percent_accepted_share: easy.accepted,
      at_80_percent_p99_ms: easy.run.measured.acceptedMicros.getValueAtPercentile(99) / 1_000,
      accepted: [...steps, easy].reduce((sum, { run }) => sum + run.all.accepted, 0),
      refused: [...steps, easy].reduce((sum, { run }) => sum + run.all.refused, 0),
      errors: [...steps, easy].reduce((sum, { run }) => sum + run.all.errors, 0),
      ...swept,
    },
    tables: [
      {
        title: 'Offered and accepted',
        columns: ['rate', 'offered/s', 'accepted/s', 'accepted %', ...latencyColumns, 'accepted', 'refused', 'errors'],
        rows: [
          ...steps.map((step) => row(step.rate.toLocaleString('en-US'), step)),
          row(`80 %: ${easy.rate.toLocaleString('en-US')}`, easy),
        ],
      },
    ],
    charts: [
      {
        name: 'latency',
        title: 'Latency over offered load, durable holds by ghz',
        kind: 'line',
        x: { label: 'requests/s offered' },
        y: { label: 'ms', isLogarithmic: true },
        series: [50, 95, 99].map((percent) => ({ name: `p${String(percent)}`, points: curve(percent) })),
      },
    ],
    targets: [
      { what: 'accepted / offered at 80 % of saturation', measured: easy.accepted, bound: 0.999, side: 'at least' },
      {
        what: 'classic claim: durable reservations per second',
        measured: peak.run.measured.acceptedRps,
        bound: CLASSIC.rps,
        side: 'at least',
      },
      {
        what: 'classic claim: mean latency at that load, ms',
        measured: peakMs,
        bound: CLASSIC.meanMs,
        side: 'at most',
      },
      { what: 'classic claim: accepted at peak', measured: peak.accepted, bound: CLASSIC.accepted, side: 'at least' },
    ],
    faults,
    notes: [
      'ghz, the node and PostgreSQL share the cores: saturation is where the three together run out of them. A rate that ghz itself ' +
        'cannot send counts as not carried.',
    ],
  };
}
