import { totalMicros, type Cost } from './cost.js';
import type { Growth } from './growth.js';
import { count } from './tables.js';

/** Above it a round took longer than it should have: the rate was not held. */
const STRETCH_MAX = 1.1;

/** Snapshots to a reservation that show in its cost. */
const SNAPSHOTS_NOTED = 0.05;

/** What a reader must know to read the curves. */
export function notesOf({ screenings, seats, nodes, rate }: Growth): string[] {
  const { most, idleMicros, residentsMax } = screenings;
  const per = (micros: number): string => `${(micros / 1_000).toFixed(0)} ms`;
  const notes = [
    `The load is ${count(rate)} reservations a second, but where it grows with the nodes. One screening can sell several in one turn and has all of ` +
      'Postgres for it; spread over many, reservations meet less often, and each is a turn with a journal row of its own. ' +
      '`commands a turn` and `turns a commit` say how far each point is from that.',
    `${count(most.screenings)} screenings were created over gRPC in ${most.creationSeconds.toFixed(0)} s ` +
      `(${count(Math.round(most.screenings / most.creationSeconds))}/s) and brought into memory by a first hold each in ` +
      `${most.activationSeconds.toFixed(0)} s (${count(Math.round(most.screenings / most.activationSeconds))}/s; p50 ` +
      `${(most.activationP50Micros / 1_000).toFixed(1)} ms, p99 ${(most.activationP99Micros / 1_000).toFixed(1)} ms with 64 ` +
      `callers). Neither is in the curve. \`runtime.residentsMax\` was ${count(residentsMax)}.`,
    `Without any load the system spends ${per(idleMicros[0])} of CPU a second with few screenings in memory and ` +
      `${per(idleMicros[1])} with ${count(most.screenings)}; of a cluster, ` +
      `${nodes.points.map(({ nodes: each, idleMicros: idle }) => `${per(idle)} with ${String(each)}`).join(', ')} nodes. ` +
      'Costs include it.',
    `Nodes share no statement. With ${listed(nodes.points.map((point) => count(point.nodes)))} nodes that share ${count(rate)} reservations ` +
      `a second ${commitsOf(nodes.points.map(({ cost }) => cost))}; with as many nodes that have ${count(nodes.ratePerNode)} a second ` +
      `each, ${commitsOf(nodes.points.map(({ costAsLoadGrows }) => costAsLoadGrows))}.`,
  ];
  notes.push(
    '`turns to read` say where the last snapshot was. One is due when the events since it are twice what it would hold, and ' +
      'that is every request of 24 hours beside holds and bookings; or after `runtime.snapshotIntervalMs`, when they are a ' +
      'quarter of it. So a snapshot of a long journal is long itself.',
  );
  const atMost = screenings.points.at(-1)?.cost.each;
  if (atMost !== undefined && atMost.snapshots > SNAPSHOTS_NOTED)
    notes.push(
      `With ${count(most.screenings)} screenings there are ${atMost.snapshots.toFixed(2)} snapshots to a reservation: a ` +
        'screening that changed and had its last snapshot, or came into memory, more than `runtime.snapshotIntervalMs` ago ' +
        'writes one, and one that has sold little needs but one or two new events for that. Each is a write transaction ' +
        'of its own, beside that of the turn.',
    );
  const late = [
    ...screenings.points.map(({ screenings: at, cost }) => [`${count(at)} screenings`, cost.stretch] as const),
    ...seats.points.map(({ seats: at, cost }) => [`${count(at)} seats`, cost.stretch] as const),
    ...nodes.points.flatMap(({ nodes: at, cost, costAsLoadGrows }) => [
      [`${count(at)} nodes`, cost.stretch] as const,
      [`${count(at)} nodes and a load that grows with them`, costAsLoadGrows.stretch] as const,
    ]),
  ].filter(([, stretch]) => stretch > STRETCH_MAX);
  for (const [what, stretch] of late)
    notes.push(
      `With ${what} the rate was not held: a round took ${stretch.toFixed(2)} times as long as it should have.`,
    );
  return notes;
}

function commitsOf(costs: readonly Cost[]): string {
  return (
    `a commit has ${listed(costs.map((cost) => cost.turnsPerCommit.toFixed(1)))} turns and a reservation costs ` +
    `${listed(costs.map(({ each }) => totalMicros(each).toFixed(0)))} us`
  );
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
