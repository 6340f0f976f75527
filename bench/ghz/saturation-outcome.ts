import type { Outcome, Target } from '../scenario.js';
import type { GhzRun } from './ghz-report.js';
import { latencyCells, latencyColumns } from './latency-cells.js';
import type { Climbed } from './rate-ladder.js';

/** A rate is carried when so much of it really comes, is accepted, and 99 of 100 answers take no longer. */
export const ENOUGH = 0.99;
const P99_MAX_MS = 1_000;
/** Below saturation, of all requests. */
const FAILED_MAX = 0.001;
/** What the classic design document claims. */
const CLASSIC = { rps: 5_000, meanMs: 200, accepted: 0.995 };

/** One rate that was offered. */
export interface Step {
  readonly rate: number;
  readonly run: GhzRun;
  /** Share of the requests. */
  readonly accepted: number;
}

export function isCarried({ rate, run, accepted }: Step): boolean {
  const { offeredRps, acceptedMicros } = run.measured;
  return (
    offeredRps >= ENOUGH * rate && accepted >= ENOUGH && acceptedMicros.getValueAtPercentile(99) / 1_000 <= P99_MAX_MS
  );
}

/** The highest rate that was carried; 0 when none was. */
export function highestCarried({ steps }: Climbed<Step>): number {
  return steps.filter(isCarried).at(-1)?.rate ?? 0;
}

/** Of rates that are carried, each a sentence: all ask for free seats. Beyond saturation refusals are what is looked for. */
function faultsOf(carried: readonly Step[]): string[] {
  return carried
    .filter(({ run: { all } }) => all.refused + all.errors > all.requests * FAILED_MAX)
    .map(
      ({ rate, run: { all } }) =>
        `${String(all.refused)} of ${String(all.requests)} requests were refused and ${String(all.errors)} failed at ${String(rate)}/s`,
    );
}

/** @param easy 80 % of the highest rate that was carried */
export function outcomeOf(
  climbed: Climbed<Step>,
  easy: Step,
  swept: { readonly oversold: number; readonly lost: number; readonly faults: readonly string[] },
): Outcome {
  const { steps, isBroken } = climbed;
  const highest = highestCarried(climbed);
  const peak = steps.filter(isCarried).at(-1) ?? easy;
  // The claim is of a load and the mean at that load, not of the most that this node carries.
  const claimed = steps.filter(isCarried).find(({ run }) => run.measured.acceptedRps >= CLASSIC.rps) ?? peak;
  const all = [...steps, easy];
  const sum = (key: 'accepted' | 'refused' | 'errors'): number =>
    all.reduce((total, { run }) => total + run.all[key], 0);
  const curve = (percent: number): [number, number][] =>
    steps.map(({ rate, run }) => [rate, run.measured.acceptedMicros.getValueAtPercentile(percent) / 1_000]);
  return {
    figures: {
      saturation_rps: isBroken ? highest : `not reached: at least ${count(highest)}`,
      highest_carried_rps: highest,
      peak_accepted_rps: Math.round(peak.run.measured.acceptedRps),
      peak_mean_ms: meanMs(peak),
      peak_accepted_share: peak.accepted,
      at_80_percent_rps: easy.rate,
      at_80_percent_accepted_share: easy.accepted,
      at_80_percent_p99_ms: easy.run.measured.acceptedMicros.getValueAtPercentile(99) / 1_000,
      accepted: sum('accepted'),
      refused: sum('refused'),
      errors: sum('errors'),
      oversold: swept.oversold,
      lost: swept.lost,
    },
    tables: [
      {
        title: 'Offered and accepted',
        columns: ['rate', 'offered/s', 'accepted/s', 'accepted %', ...latencyColumns, 'accepted', 'refused', 'errors'],
        rows: [...steps.map((step) => row(count(step.rate), step)), row(`80 %: ${count(easy.rate)}`, easy)],
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
    targets: targets(claimed, peak, easy, isBroken ? 'saturation' : `${count(highest)}/s (saturation was not reached)`),
    faults: [
      ...swept.faults,
      ...(highest === 0 ? ['not even the lowest rate was carried'] : []),
      ...faultsOf([easy, ...steps.filter(isCarried)]),
    ],
    notes: [
      'ghz, the node and PostgreSQL share the cores: saturation is where the three together run out of them. A rate that ghz itself ' +
        'cannot send counts as not carried.',
      `The classic design claims ${count(CLASSIC.rps)}/s with a mean below ${String(CLASSIC.meanMs)} ms: the mean is looked up at the first ` +
        `rate that is as high. At the highest that was carried it is ${meanMs(peak).toFixed(0)} ms.`,
      ...(isBroken
        ? []
        : [
            `Saturation was not reached: it is at least ${count(highest)}/s, which was carried. For a higher rate the largest hall ` +
              'there can be has not a seat for every request. 80 % is of that rate.',
          ]),
    ],
  };
}

function row(name: string, { run, accepted }: Step): (string | number)[] {
  return [
    name,
    run.measured.offeredRps,
    run.measured.acceptedRps,
    (accepted * 100).toFixed(2),
    ...latencyCells(run.measured.acceptedMicros),
    run.all.accepted,
    run.all.refused,
    run.all.errors,
  ];
}

function targets(claimed: Step, peak: Step, easy: Step, saturation: string): readonly Target[] {
  return [
    {
      what: `accepted / offered at 80 % of ${saturation}`,
      measured: easy.accepted,
      bound: 0.999,
      side: 'at least',
    },
    {
      what: 'classic claim: durable reservations per second',
      measured: peak.run.measured.acceptedRps,
      bound: CLASSIC.rps,
      side: 'at least',
    },
    {
      what: `classic claim: mean latency at ${count(claimed.rate)}/s, ms`,
      measured: meanMs(claimed),
      bound: CLASSIC.meanMs,
      side: 'at most',
    },
    { what: 'classic claim: accepted at peak', measured: peak.accepted, bound: CLASSIC.accepted, side: 'at least' },
  ];
}

function meanMs({ run }: Step): number {
  return run.measured.acceptedMicros.mean / 1_000;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
