import { percentileMs } from '../load/latency.js';
import type { Table } from '../scenario.js';
import type { ByJournal } from './by-journal.js';
import { totalMicros, type Cost } from './cost.js';
import type { Growth } from './growth.js';

export function costTable(title: string, by: string, rows: Table['rows']): Table {
  return {
    title,
    columns: [
      by,
      'CPU us each',
      'slowest to cheapest round',
      'node',
      'Postgres',
      'Redis',
      'commands a turn',
      'turns a commit',
      'snapshots each',
      'WAL bytes each',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'max ms',
    ],
    rows,
  };
}

export function row(name: string, cost: Cost): Table['rows'][number] {
  const { each, rounds, latencyMicros } = cost;
  return [
    name,
    rounded(totalMicros(each)),
    `${Math.max(...rounds).toFixed(0)} to ${Math.min(...rounds).toFixed(0)}`,
    rounded(each.nodeMicros),
    rounded(each.postgresMicros),
    rounded(each.redisMicros),
    rounded(1 / each.turns),
    rounded(cost.turnsPerCommit),
    rounded(each.snapshots),
    Math.round(each.walBytes),
    ...[50, 95, 99, 100].map((percentile) => percentileMs(latencyMicros, percentile)),
  ];
}

export function activationTable({ points }: ByJournal): Table {
  return {
    title: 'First command on a screening after its node was started again, in ms',
    columns: [
      'turns in the journal',
      'screenings',
      'killed: turns to read after the snapshot',
      'killed: p50',
      'killed: max',
      'stopped: p50',
      'stopped: max',
      'next command p50',
    ],
    rows: points.map(({ turns, screenings, afterKill, afterStop }) => [
      count(turns),
      screenings,
      afterKill.tailTurns,
      rounded(afterKill.p50Ms),
      rounded(afterKill.maxMs),
      rounded(afterStop.p50Ms),
      rounded(afterStop.maxMs),
      rounded(afterKill.nextP50Ms),
    ]),
  };
}

export function answersTable({ screenings, seats, nodes, journal }: Growth): Table {
  const swept = [
    ['by screenings', screenings.swept] as const,
    ['by seats', seats.swept] as const,
    ...nodes.points.map(({ nodes: each }, index) => [`nodes: ${String(each)}`, nodes.swept[index]] as const),
  ];
  return {
    title: 'Answers, warm-up included; every journal was swept',
    columns: ['', 'accepted', 'refused', 'errors'],
    rows: [
      ...swept.map(([name, found]) => [name, found?.accepted ?? 0, found?.refused ?? 0, found?.errors ?? 0]),
      ['by length of the journal', journal.accepted, 0, 0],
    ],
  };
}

/** With its thousands set apart. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** To three digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
