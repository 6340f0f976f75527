import { withBoxOffice, type BoxOfficeStage } from '../ghz/box-office-stage.js';
import type { GhzRun } from '../ghz/ghz-report.js';
import { latencyCells, latencyColumns, latencyFigures } from '../ghz/latency-cells.js';
import {
  encodeBrowses,
  encodeConfirms,
  encodeHolds,
  encodeReleases,
  uniqueHolds,
  type GivenHold,
} from '../ghz/requests.js';
import { askAgain, sweep } from '../ghz/sweep.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';

const SCREENINGS = 20;
const SEATS = 2_000;
/** Of all requests. Of ten who hold seats six pay and four give up; each looks at the map a few times before. */
const SHARES = { browse: 0.6, hold: 0.2, confirm: 0.12, abandon: 0.08 };
const RATE = 1_000;

type Part = keyof typeof SHARES;
const parts = ['browse', 'hold', 'confirm', 'abandon'] as const;

/** Everybody at once. */
export const mixed: Scenario = {
  name: 'mixed',
  title: 'A mixed day',
  about:
    `Four ghz at once on one node, each with one method at a fixed rate: of ${RATE.toLocaleString('en-US')} requests/s ` +
    `${parts.map((part) => `${String(Math.round(SHARES[part] * 100))} % ${part}`).join(', ')} (GetSeatMap, HoldSeats, ConfirmHold, ` +
    `ReleaseHold), over ${String(SCREENINGS)} screenings of ${SEATS.toLocaleString('en-US')} seats. The holds that are confirmed and ` +
    'given up were taken beforehand by our own client.',
  run: (stage) => withBoxOffice(stage, (boxOffice) => measure(stage, boxOffice)),
};

async function measure(stage: Stage, { node, client, ghz, openScreenings }: BoxOfficeStage): Promise<Outcome> {
  const warmUpSeconds = stage.isShort ? 0.5 : 3;
  const seconds = warmUpSeconds + (stage.isShort ? 2 : 30);
  const count = (part: Part): number => Math.round(RATE * SHARES[part] * seconds);
  stage.progress('taking holds to confirm and to give up', 0);
  const ids = await openScreenings(SCREENINGS, SEATS);
  const taken = uniqueHolds(ids, count('confirm') + count('abandon'));
  const given: readonly GivenHold[] = await askAgain(client, taken, taken.length);
  const wanted = uniqueHolds(ids, count('hold'), Math.ceil(taken.length / ids.length));
  const messages: Record<Part, Uint8Array[]> = {
    browse: encodeBrowses(ids, count('browse')),
    hold: encodeHolds(wanted),
    confirm: encodeConfirms(given.slice(0, count('confirm'))),
    abandon: encodeReleases(given.slice(count('confirm'))),
  };
  const configs = {
    browse: 'open-browse',
    hold: 'open-hold',
    confirm: 'open-confirm',
    abandon: 'open-release',
  } as const;
  stage.progress('a day', 0.3);
  const ran = await Promise.all(
    parts.map((part) =>
      ghz({ config: configs[part], requests: messages[part], rps: Math.round(RATE * SHARES[part]), warmUpSeconds }),
    ),
  );
  const runs = new Map<Part, GhzRun>(parts.map((part, index) => [part, orFail(ran[index])]));
  const all = (part: Part): GhzRun['all'] => orFail(runs.get(part)).all;
  stage.progress('sweeping the journals', 0.9);
  const again = await askAgain(client, wanted, 1_000);
  const holds = { accepted: all('hold').accepted + given.length, errors: all('hold').errors };
  const {
    oversold,
    lost,
    faults: swept,
  } = await sweep(
    node,
    ids,
    [
      { kind: 'seats-held', answers: holds },
      { kind: 'hold-confirmed', answers: all('confirm') },
      { kind: 'hold-released', answers: all('abandon') },
    ],
    [...given, ...again],
  );
  const faults = [...swept];
  for (const part of parts) {
    const { refused, errors } = all(part);
    const why = [...all(part).texts].map(([text, times]) => `${String(times)} times ${text}`).join('; ');
    if (refused + errors > 0)
      faults.push(`${part}: ${String(refused)} requests were refused and ${String(errors)} failed; none may. ${why}`);
  }
  const answeredRps = Math.round([...runs.values()].reduce((sum, { measured }) => sum + measured.acceptedRps, 0));
  return {
    figures: {
      offered_rps: RATE,
      answered_rps: answeredRps,
      oversold,
      lost,
      ...Object.fromEntries(
        parts.map((part) => {
          const { accepted, refused, errors } = all(part);
          const latency = latencyFigures(orFail(runs.get(part)).measured.acceptedMicros);
          return [part, { accepted, refused, errors, ...latency }];
        }),
      ),
    },
    tables: [
      {
        title: 'By method',
        columns: ['', 'accepted/s', ...latencyColumns, 'accepted', 'refused', 'errors'],
        rows: [...runs].map(([part, run]) => [
          part,
          run.measured.acceptedRps,
          ...latencyCells(run.measured.acceptedMicros),
          run.all.accepted,
          run.all.refused,
          run.all.errors,
        ]),
      },
    ],
    charts: [
      {
        name: 'latency',
        title: 'A mixed day: latency by method',
        kind: 'bar',
        x: { label: 'method' },
        y: { label: 'ms' },
        series: [50, 95, 99].map((percent) => ({
          name: `p${String(percent)}`,
          points: [...runs].map(([part, { measured }]) => [
            part,
            measured.acceptedMicros.getValueAtPercentile(percent) / 1_000,
          ]),
        })),
      },
    ],
    targets: [],
    faults,
    notes: [
      `The rates are fixed: this is about the latency of each method beside the others, not about how many there can be. Of ` +
        `${RATE.toLocaleString('en-US')} requests/s ${answeredRps.toLocaleString('en-US')} were accepted.`,
      'A seat map grows with the seats that are taken, for the node that writes it and for ghz that reads it.',
    ],
  };
}

function orFail<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('a part of the day is missing');
  return value;
}
