import type { Timer } from '../runtime/index.js';
import { askForSeatStates, ownerMethods } from '../transport/api/index.js';
import { bugLog } from './bug-log.js';
import type { NodeCluster } from './cluster.js';
import type { FrontEnds } from './front-ends.js';
import type { Parts } from './parts.js';
import type { Screenings } from './screenings.js';
import type { NodeStorage } from './storage.js';

/** Brings a node whose own parts stand into the cluster, and the cluster into its health and metrics. */
export async function joinCluster(
  parts: Parts,
  { health, clockWatch }: Pick<NodeStorage, 'health' | 'clockWatch'>,
  { residents, localBoxOffice }: Screenings,
  cluster: NodeCluster,
  { grpcPort, httpPort, queueStatistics }: FrontEnds,
): Promise<void> {
  const { config, log, metrics } = parts;
  const host = config.node.advertisedHost ?? config.node.host;
  let said: string | undefined;
  const sayWhoIsMissing = (): void => {
    const { detail } = cluster.lookAtPeers();
    if (detail !== undefined && detail !== said) log.warn(detail);
    said = detail;
  };
  const part = health.include({ name: 'cluster', look: () => cluster.look(), gatesReadiness: true });
  const view = health.include({ name: 'view', look: () => cluster.lookAtView(), gatesReadiness: false });
  const peers = health.include({ name: 'peers', look: () => cluster.lookAtPeers(), gatesReadiness: false });
  cluster.onChange(() => {
    part.changed();
    view.changed();
    peers.changed();
    sayWhoIsMissing();
  });
  watchFitness(parts, health, clockWatch, cluster);
  metrics.gauge('cinema_cluster_members', 'Nodes in the view of this node', () => cluster.members());
  metrics.gauge('cinema_cluster_misplaced', 'Screenings in memory here that belong elsewhere', () =>
    cluster.misplaced(),
  );
  metrics.gauge(
    'cinema_cluster_calls_waiting',
    'Calls that wait for a screening to change hands',
    () => cluster.router.waiting,
  );
  await cluster.join({
    residents,
    ownerMethods: ownerMethods(
      localBoxOffice,
      {
        seatStates: (screeningId, known, deadlineMs) => askForSeatStates(residents, screeningId, known, deadlineMs),
        queueStatistics: async (screeningId) => JSON.stringify(await queueStatistics(screeningId)),
      },
      cluster.router,
      bugLog(log),
    ),
    grpcAddress: `${host}:${String(grpcPort)}`,
    httpAddress: `${host}:${String(httpPort)}`,
  });
}

/**
 * A node that cannot sell lets others: its clock is off, or it has not reached the
 * database for as long as a lease lasts. When that is so for everybody nothing moves,
 * for then everybody takes a share again.
 */
function watchFitness(
  { config, clock, onStop }: Parts,
  health: NodeStorage['health'],
  clockWatch: NodeStorage['clockWatch'],
  cluster: Pick<NodeCluster, 'setFitness'>,
): void {
  let away: Timer | undefined;
  let isLongAway = false;
  const tell = (): void => {
    const clockProblem = clockWatch.isOff ? clockWatch.problem() : undefined;
    cluster.setFitness(isLongAway ? 'this node does not reach the database' : clockProblem);
  };
  const onAway = (): void => {
    isLongAway = true;
    tell();
  };
  const onBack = (): void => {
    away?.cancel();
    away = undefined;
    if (!isLongAway) return;
    isLongAway = false;
    tell();
  };
  clockWatch.onChange(tell);
  health.onChange(() => {
    if (health.isStale()) away ??= clock.after(config.cluster.leaseTtlMs, onAway);
    else onBack();
  });
  onStop(() => {
    away?.cancel();
  });
}
