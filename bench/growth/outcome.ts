import type { Chart, Figures, Outcome } from '../scenario.js';
import type { ByJournal } from './by-journal.js';
import { totalMicros, type Cost } from './cost.js';
import type { Growth } from './growth.js';
import { notesOf } from './notes.js';
import { activationTable, answersTable, costTable, count, rounded, row } from './tables.js';

const COST_RATIO_MAX = 1.2;

interface Point {
  readonly at: number;
  readonly cost: Cost;
}

export function outcomeOf(growth: Growth): Outcome {
  const { screenings, seats, nodes, journal } = growth;
  const byScreenings = screenings.points.map(({ screenings: at, cost }) => ({ at, cost }));
  const bySeats = seats.points.map(({ seats: at, cost }) => ({ at, cost }));
  const byNodes = nodes.points.map(({ nodes: at, cost }) => ({ at, cost }));
  const byNodesAsLoadGrows = nodes.points.map(({ nodes: at, costAsLoadGrows: cost }) => ({ at, cost }));
  const swept = [screenings.swept, seats.swept, ...nodes.swept];
  const sum = (key: 'accepted' | 'refused' | 'errors'): number => swept.reduce((total, each) => total + each[key], 0);
  const ratio = ratioOf(byScreenings);
  return {
    figures: {
      rate_per_second: growth.rate,
      ratio_screenings: ratio,
      ratio_seats: ratioOf(bySeats),
      ratio_nodes: ratioOf(byNodes),
      ratio_nodes_as_load_grows: ratioOf(byNodesAsLoadGrows),
      ...costFigures('screenings', byScreenings),
      ...costFigures('seats', bySeats),
      ...costFigures('nodes', byNodes),
      ...costFigures('nodes_as_load_grows', byNodesAsLoadGrows),
      activation_p50_ms_by_turns_after_kill: byKey(journal.points, ({ turns, afterKill }) => [turns, afterKill.p50Ms]),
      activation_p50_ms_by_turns_after_stop: byKey(journal.points, ({ turns, afterStop }) => [turns, afterStop.p50Ms]),
      most_screenings: screenings.most.screenings,
      creation_s: rounded(screenings.most.creationSeconds),
      activation_s: rounded(screenings.most.activationSeconds),
      accepted: sum('accepted') + journal.accepted,
      refused: sum('refused'),
      errors: sum('errors'),
    },
    tables: [
      costTable('Cost of a reservation by the screenings it may be for', 'screenings', [
        ...screenings.points.map(({ screenings: at, seats: each, cost }) =>
          row(`${count(at)} of ${count(each)} seats`, cost),
        ),
        row(`1 again, while ${count(screenings.most.screenings)} are in memory`, screenings.amongAll),
      ]),
      costTable(
        `By the seats of their halls, ${count(seats.screenings)} screenings each`,
        'seats',
        seats.points.map(({ seats: at, isReal, cost }) => row(isReal ? `${count(at)}, a real plan` : count(at), cost)),
      ),
      costTable(
        `By the nodes that share the same load, ${count(nodes.screenings)} screenings`,
        'nodes',
        byNodes.map(({ at, cost }) => row(count(at), cost)),
      ),
      costTable(
        `By the nodes of a cluster whose load grows with it, ${count(nodes.ratePerNode)} reservations a second for each`,
        'nodes',
        byNodesAsLoadGrows.map(({ at, cost }) => row(count(at), cost)),
      ),
      activationTable(journal),
      answersTable(growth),
    ],
    charts: [
      costChart('screenings', 'screenings', 'Cost of a reservation by the number of screenings', byScreenings, true),
      costChart('seats', 'seats', 'Cost of a reservation by the size of the hall', bySeats, true),
      costChart('nodes', 'nodes', 'Cost of a reservation by the nodes that share the same load', byNodes, false),
      costChart(
        'nodes-as-load-grows',
        'nodes',
        'Cost of a reservation by the nodes, when the load grows with them',
        byNodesAsLoadGrows,
        false,
      ),
      activationChart(journal),
    ],
    targets: [
      {
        what: `cost of a reservation at ${count(screenings.most.screenings)} screenings over that at 1`,
        measured: ratio,
        bound: COST_RATIO_MAX,
        side: 'at most',
      },
    ],
    faults: [...swept.flatMap(({ faults }) => faults), ...journal.faults],
    notes: notesOf(growth),
  };
}

/** The last point's cost over the first's. */
function ratioOf(points: readonly Point[]): number {
  const [first, last] = [points[0], points.at(-1)];
  return first === undefined || last === undefined ? NaN : totalMicros(last.cost.each) / totalMicros(first.cost.each);
}

function costFigures(by: string, points: readonly Point[]): Figures {
  return {
    [`cpu_us_by_${by}`]: byKey(points, ({ at, cost }) => [at, totalMicros(cost.each)]),
    [`node_cpu_us_by_${by}`]: byKey(points, ({ at, cost }) => [at, cost.each.nodeMicros]),
    [`postgres_cpu_us_by_${by}`]: byKey(points, ({ at, cost }) => [at, cost.each.postgresMicros]),
    [`commands_per_turn_by_${by}`]: byKey(points, ({ at, cost }) => [at, 1 / cost.each.turns]),
    [`turns_per_commit_by_${by}`]: byKey(points, ({ at, cost }) => [at, cost.turnsPerCommit]),
  };
}

function byKey<Item>(items: readonly Item[], of: (item: Item) => readonly [number, number]): Record<string, number> {
  return Object.fromEntries(items.map(of).map(([key, value]) => [String(key), rounded(value)]));
}

function costChart(name: string, by: string, title: string, points: readonly Point[], isLogarithmic: boolean): Chart {
  const line = (of: (cost: Cost) => number): [number, number][] =>
    points.map(({ at, cost }) => [at, rounded(of(cost))]);
  return {
    name,
    title,
    kind: 'line',
    x: { label: by, isLogarithmic },
    y: { label: 'CPU us per reservation' },
    series: [
      { name: 'whole system', points: line(({ each }) => totalMicros(each)) },
      { name: 'nodes', points: line(({ each }) => each.nodeMicros) },
      { name: 'Postgres', points: line(({ each }) => each.postgresMicros) },
      ...(points.some(({ cost }) => cost.each.redisMicros > 0)
        ? [{ name: 'Redis', points: line(({ each }) => each.redisMicros) }]
        : []),
    ],
  };
}

function activationChart({ points }: ByJournal): Chart {
  return {
    name: 'activation',
    title: 'First command on a screening, by the length of its journal',
    kind: 'line',
    x: { label: 'turns in the journal', isLogarithmic: true },
    y: { label: 'p50 ms' },
    series: [
      { name: 'after a kill', points: points.map(({ turns, afterKill }) => [turns, rounded(afterKill.p50Ms)]) },
      { name: 'after a stop', points: points.map(({ turns, afterStop }) => [turns, rounded(afterStop.p50Ms)]) },
    ],
  };
}
