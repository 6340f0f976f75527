import type { Histogram } from 'hdr-histogram-js';
import { withBoxOffice, type BoxOfficeStage } from '../ghz/box-office-stage.js';
import type { GhzRun } from '../ghz/ghz-report.js';
import { latencyCells, latencyColumns, latencyFigures } from '../ghz/latency-cells.js';
import { encodeConfirms, encodeHolds, uniqueHolds } from '../ghz/requests.js';
import { askAgain, sweep } from '../ghz/sweep.js';
import { mergedLatency } from '../load/latency.js';
import { median } from '../median.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';

const HALL_SEATS = 200_000;

/** Hold, then confirm. */
export const checkout: Scenario = {
  name: 'checkout',
  title: 'Hold, then confirm',
  about:
    'ghz cannot use one answer in the next request. So it holds seats, our own client asks for each of these holds again by its ' +
    '`request_id` (the answer is the same, with the token), and ghz confirms them all. On one screening, 512 requests under way ' +
    'at a time over 4 connections, in turns.',
  run: (stage) => withBoxOffice(stage, (boxOffice) => measure(stage, boxOffice)),
};

async function measure(stage: Stage, { node, client, ghz, openScreenings }: BoxOfficeStage): Promise<Outcome> {
  const rounds = stage.isShort ? 1 : 4;
  const count = stage.isShort ? 4_000 : 40_000;
  const warmUpSeconds = stage.isShort ? 0.1 : 0.5;
  const holds: GhzRun[] = [];
  const confirms: GhzRun[] = [];
  const faults: string[] = [];
  let [oversold, lost] = [0, 0];
  // The first round is not counted: the node is cold.
  for (let round = 0; round <= rounds; round += 1) {
    const step = round === 0 ? 'warming up' : `round ${String(round)} of ${String(rounds)}`;
    stage.progress(step, round / (rounds + 1));
    const screeningIds = await openScreenings(1, HALL_SEATS);
    const wanted = uniqueHolds(screeningIds, count);
    const held = await ghz({ config: 'unique', requests: encodeHolds(wanted), warmUpSeconds });
    const given = await askAgain(client, wanted, wanted.length);
    const confirmed = await ghz({ config: 'confirm', requests: encodeConfirms(given), warmUpSeconds });
    stage.progress(`${step}: sweeping the journal`, (round + 0.9) / (rounds + 1));
    const swept = await sweep(
      node,
      screeningIds,
      [
        { kind: 'seats-held', answers: held.all },
        { kind: 'hold-confirmed', answers: confirmed.all },
      ],
      given,
    );
    oversold += swept.oversold;
    lost += swept.lost;
    faults.push(...swept.faults);
    if (round === 0) continue;
    holds.push(held);
    confirms.push(confirmed);
  }
  return outcomeOf(holds, confirms, { oversold, lost, faults });
}

/**
 * @param holds by round, as are their confirmations
 * @param swept of all rounds
 */
export function outcomeOf(
  holds: readonly GhzRun[],
  confirms: readonly GhzRun[],
  {
    oversold,
    lost,
    faults: swept,
  }: { readonly oversold: number; readonly lost: number; readonly faults: readonly string[] },
): Outcome {
  const faults = [...swept];
  const [holdRps, confirmRps] = [rpsOf(holds), rpsOf(confirms)];
  const sum = (key: 'accepted' | 'refused' | 'errors'): number =>
    [...holds, ...confirms].reduce((total, { all }) => total + all[key], 0);
  if (sum('refused') + sum('errors') > 0)
    faults.push(`${String(sum('refused'))} requests were refused and ${String(sum('errors'))} failed; none may`);
  const rows = (name: string, runs: readonly GhzRun[]): (string | number)[][] =>
    runs.map(({ all, measured }, index) => [
      `${name}, round ${String(index + 1)}`,
      measured.acceptedRps,
      ...latencyCells(measured.acceptedMicros),
      all.accepted,
      all.refused,
      all.errors,
    ]);
  return {
    figures: {
      hold_rps: Math.round(holdRps),
      confirm_rps: Math.round(confirmRps),
      // One after the other, each seat needs both.
      checkout_rps: Math.round(1 / (1 / holdRps + 1 / confirmRps)),
      accepted: sum('accepted'),
      refused: sum('refused'),
      errors: sum('errors'),
      oversold,
      lost,
      hold_latency: latencyFigures(latencyOf(holds)),
      confirm_latency: latencyFigures(latencyOf(confirms)),
    },
    tables: [
      {
        title: 'Holds, and their confirmations',
        columns: ['', 'accepted/s', ...latencyColumns, 'accepted', 'refused', 'errors'],
        rows: [...rows('HoldSeats', holds), ...rows('ConfirmHold', confirms)],
      },
    ],
    charts: [
      {
        name: 'throughput',
        title: 'Hold, then confirm: accepted per second, by ghz',
        kind: 'bar',
        x: { label: 'method' },
        y: { label: 'accepted/s' },
        series: [
          {
            name: 'median of the rounds',
            points: [
              ['HoldSeats', Math.round(holdRps)],
              ['ConfirmHold', Math.round(confirmRps)],
            ],
          },
        ],
      },
    ],
    targets: [],
    faults,
    notes: ['A confirmation also writes the booking and its seats into the read tables, in the same commit.'],
  };
}

/** Of all rounds together. */
function latencyOf(runs: readonly GhzRun[]): Histogram {
  return mergedLatency(runs.map(({ measured }) => measured.acceptedMicros));
}

/** The median of the rounds. */
function rpsOf(runs: readonly GhzRun[]): number {
  return median(runs.map(({ measured }) => measured.acceptedRps));
}
