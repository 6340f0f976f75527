import { withBoxOffice, type BoxOfficeStage } from '../ghz/box-office-stage.js';
import { latencyCells, latencyColumns, latencyFigures } from '../ghz/latency-cells.js';
import { contendedHolds, encodeHolds } from '../ghz/requests.js';
import { askAgain, sweep } from '../ghz/sweep.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';

const SEATS = 300;
const REQUESTS = 100_000;
const REASON = 'SEAT_UNAVAILABLE';

/** Far more buyers than seats. */
export const contended: Scenario = {
  name: 'contended',
  title: 'Far more requests than seats',
  about:
    `ghz sends ${REQUESTS.toLocaleString('en-US')} holds (a tenth of them with \`--short\`) by as many buyers for the ` +
    `${String(SEATS)} seats of one screening, ` +
    'in an order without a pattern, 512 under way at a time over 4 connections. Every seat must be given once, and every other ' +
    'request must be refused because its seat was taken.',
  run: (stage) => withBoxOffice(stage, (boxOffice) => measure(stage, boxOffice)),
};

async function measure(stage: Stage, { node, client, ghz, openScreenings }: BoxOfficeStage): Promise<Outcome> {
  const count = stage.isShort ? REQUESTS / 10 : REQUESTS;
  const [warmUp = '', screeningId = ''] = await openScreenings(2, SEATS);
  stage.progress('warming up', 0);
  await ghz({ config: 'contended', requests: encodeHolds(contendedHolds(warmUp, count / 5, SEATS)), warmUpSeconds: 0 });
  stage.progress('selling 300 seats', 0.3);
  const wanted = contendedHolds(screeningId, count, SEATS);
  const { all, measured } = await ghz({ config: 'contended', requests: encodeHolds(wanted), warmUpSeconds: 0 });
  stage.progress('sweeping the journal', 0.8);
  // All of them once more: that tells whose the seats are, and refuses everybody else again.
  const given = await askAgain(client, wanted, wanted.length);
  const told = [{ kind: 'seats-held', answers: all }] as const;
  const { oversold, lost, faults: swept } = await sweep(node, [screeningId], told, given);
  const faults = [...swept];
  const must = (is: number, expected: number, what: string): void => {
    if (is !== expected) faults.push(`${String(is)} ${what}, not ${String(expected)}`);
  };
  must(all.accepted, SEATS, 'requests were accepted');
  must(all.refused, count - SEATS, 'requests were refused');
  must(given.length, SEATS, 'buyers were told again that they have a seat');
  for (const [text, times] of all.texts)
    if (!text.includes('FailedPrecondition')) faults.push(`${String(times)} requests were answered: ${text}`);
  const answersRps = measured.requests / measured.seconds;
  return {
    figures: {
      answers_rps: Math.round(answersRps),
      accepted: all.accepted,
      refused: all.refused,
      errors: all.errors,
      oversold,
      lost,
      accepted_latency: latencyFigures(all.acceptedMicros),
      refused_latency: latencyFigures(all.refusedMicros),
    },
    tables: [
      {
        title: `Answers, ${Math.round(answersRps).toLocaleString('en-US')} per second`,
        columns: ['', 'requests', ...latencyColumns],
        rows: [
          ['accepted', all.accepted, ...latencyCells(all.acceptedMicros)],
          [`refused (${REASON})`, all.refused, ...latencyCells(all.refusedMicros)],
          ['errors', all.errors, '', '', '', '', ''],
        ],
      },
    ],
    charts: [
      {
        name: 'latency',
        title: 'Latency of acceptances and refusals',
        kind: 'bar',
        x: { label: 'percentile' },
        y: { label: 'ms' },
        series: [
          { name: 'accepted', points: percentiles(all.acceptedMicros) },
          { name: 'refused', points: percentiles(all.refusedMicros) },
        ],
      },
    ],
    // With another number the run has failed, and there is no report: it says that this was looked at.
    targets: [{ what: 'check: seats given of 300, contended', measured: all.accepted, bound: SEATS, side: 'at least' }],
    faults,
    notes: [
      'The acceptances are among the first answers of the run: their latency is that of ghz opening with 512 requests at once.',
    ],
  };
}

function percentiles(micros: { getValueAtPercentile(percent: number): number }): (readonly [string, number])[] {
  return [50, 95, 99].map((percent) => [
    `p${String(percent)}`,
    Math.round(micros.getValueAtPercentile(percent)) / 1_000,
  ]);
}
