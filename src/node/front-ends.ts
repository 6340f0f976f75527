import { httpProbe } from '../telemetry/index.js';
import {
  clusterMethods,
  failureError,
  queueStatistics,
  queueStatisticsOfOwner,
  rethrowForCallers,
  type ClusterAdmin,
  type QueueStatistics,
} from '../transport/api/index.js';
import { openGrpcServer } from '../transport/grpc/index.js';
import { openHttpServer, type HttpServer } from '../transport/http/index.js';
import { bugLog } from './bug-log.js';
import type { NodeCluster } from './cluster.js';
import type { NodeExtras, Parts } from './parts.js';
import type { Screenings } from './screenings.js';
import { standaloneCluster } from './standalone-cluster.js';
import { opened } from './start-error.js';
import { storageLogOf, type NodeStorage } from './storage.js';

/** The open ports, and what they know that peers may ask for. */
export interface FrontEnds {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Of a screening in this node's memory. Rejects with an ApiError. */
  readonly queueStatistics: (screeningId: string) => Promise<QueueStatistics>;
}

/**
 * The two ports callers come through: gRPC, and HTTP with sockets.
 * @throws StartError when one cannot be opened.
 */
export async function startFrontEnds(
  { config, log, metrics, clock, identity, onStop }: Parts,
  { health, holders }: NodeStorage,
  { residents, plans, streams, boxOffice, encoded }: Screenings,
  cluster: Pick<NodeCluster, 'owners' | 'admin'> | undefined,
  extras: NodeExtras,
): Promise<FrontEnds> {
  const { host, advertisedHost, zone, weight, closeTimeoutMs } = config.node;
  // As configured until they are open: a caller may come between the two.
  const ports = { grpc: config.node.grpcPort, http: config.node.httpPort };
  const addressOf = (port: number): string => `${advertisedHost ?? host}:${String(port)}`;
  const admin: ClusterAdmin =
    cluster?.admin ??
    standaloneCluster(
      () => ({ ...identity, zone, weight, grpcAddress: addressOf(ports.grpc), httpAddress: addressOf(ports.http) }),
      holders,
    );
  const onBug = bugLog(log);
  const grpc = await opened(() =>
    openGrpcServer({
      host,
      port: config.node.grpcPort,
      boxOffice,
      ...(encoded === undefined ? {} : { encoded }),
      cluster: clusterMethods(admin, onBug),
      streams,
      readiness: health,
      clock,
      limits: { ...config.grpc, closeTimeoutMs },
      onBug,
      onOverloaded: () => {
        metrics.commandFailures.inc({ kind: 'overloaded' });
      },
      ...(extras.extraServices === undefined ? {} : { extraServices: extras.extraServices }),
    }),
  );
  ports.grpc = grpc.port;
  onStop(() => grpc.close());
  const { allowedOrigins, ...httpLimits } = config.http;
  const queueStatisticsHere = async (screeningId: string): Promise<QueueStatistics> => {
    const place = await plans.place(screeningId).catch(rethrowForCallers);
    if (place === undefined) throw failureError({ kind: 'not-found' });
    return queueStatistics(screeningId, config.node.id, residents.stats(screeningId), http.viewersOf(screeningId));
  };
  const http: HttpServer = await opened(() =>
    openHttpServer({
      host,
      port: config.node.httpPort,
      boxOffice,
      streams,
      progressIntervalMs: config.streams.progressIntervalMs,
      plans,
      queueStats: async (screeningId, deadlineMs) => {
        if (cluster === undefined) return queueStatisticsHere(screeningId);
        const here = (): Promise<object> => queueStatisticsHere(screeningId);
        const ofOwner = await queueStatisticsOfOwner(cluster.owners, screeningId, deadlineMs, here);
        // Viewers are this node's, wherever the screening is.
        return { ...ofOwner, viewers: http.viewersOf(screeningId) };
      },
      health: () => Promise.resolve(health.report()),
      metrics: () => metrics.render(),
      limits: { ...httpLimits, closeTimeoutMs },
      allowedOrigins,
      ...(extras.pageFolder === undefined ? {} : { pageFolder: extras.pageFolder }),
      clock,
      log: storageLogOf(log),
      probe: httpProbe(metrics),
    }),
  );
  ports.http = http.port;
  onStop(() => http.close());
  metrics.gauge('cinema_resident_screenings', 'Screenings in memory', () => residents.size);
  metrics.gauge('cinema_grpc_connections', 'Open connections to the gRPC port', () => grpc.connections);
  metrics.gauge(
    'cinema_grpc_calls',
    'Unary calls and commands of Execute streams that wait for their answer',
    () => grpc.callsUnderWay,
  );
  metrics.gauge('cinema_grpc_execute_streams', 'Open Execute streams', () => grpc.executeStreams);
  metrics.gauge('cinema_grpc_watchers', 'Open WatchSeats streams', () => grpc.watchers);
  metrics.gauge('cinema_replicas', 'Screenings with a live seat map on this node', () => streams.size);
  metrics.gauge('cinema_ready', '1 while the node takes callers', () => (health.isReady() ? 1 : 0));
  return { grpcPort: grpc.port, httpPort: http.port, queueStatistics: queueStatisticsHere };
}
