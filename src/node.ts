import { randomUUID } from 'node:crypto';
import { categorySeats } from '../actors/auditorium/category-seats.js';
import { parseSeatingPlanBytes } from '../actors/auditorium/parse-seating-plan-bytes.js';
import { readSeatingPlan, seatingPlanText } from '../actors/auditorium/seating-plan-text.js';
import type { ScreeningAnswer } from '../actors/screening/answers.js';
import type { ScreeningCommand } from '../actors/screening/commands.js';
import type { ScreeningProjection } from '../actors/screening/projection.js';
import { screeningActor } from '../actors/screening/screening-actor.js';
import type { SeatMapChange } from '../actors/screening/turn-changes.js';
import type { Config } from './config/index.js';
import { loadDemoData } from './demo/demo-data.js';
import { Health } from './health.js';
import {
  Committer,
  localBus,
  openActorSystem,
  Residents,
  systemClock,
  systemRandomness,
  UnknownEntity,
  WakeUps,
  type OwnerNotice,
} from './runtime/index.js';
import { openEmbeddedPostgres, openPostgresStorage, type StorageLog } from './storage/postgres/index.js';
import { StreamHub } from './streams/index.js';
import { openLog, openMetrics, runtimeProbe, type Log } from './telemetry/index.js';
import { askForSeatStates, auditoriumPlans, failureError, openBoxOffice } from './transport/api/index.js';
import { openGrpcServer, type GrpcServerOptions } from './transport/grpc/index.js';
import { openHttpServer } from './transport/http/index.js';

/** A running node. */
export interface Node {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Of the database it keeps everything in; holds the password. */
  readonly postgresUrl: string;
  /** Takes no more commands, finishes and snapshots what it has, closes everything, Postgres last. Idempotent. */
  close(): Promise<void>;
}

/** What benchmarks and tests put beside or in place of a node's own parts. */
export interface NodeExtras {
  readonly extraServices?: GrpcServerOptions['extraServices'];
  /** Folder of the seat page, when it is not beside the code. */
  readonly pageFolder?: string;
}

/**
 * Composition root: makes every part, hands each what it needs, starts them in the
 * order of their needs. Stopping goes the other way round. When a part fails to
 * start, those before it are stopped and the error is thrown.
 */
export async function openNode(config: Config, extras: NodeExtras = {}): Promise<Node> {
  const log = openLog(config.node.logLevel, config.node.id);
  const started: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const stop of started.reverse()) await stop();
    log.info('node stopped');
  };
  const close = (): Promise<void> => (closing ??= stopAll());
  try {
    return { ...(await startParts(config, extras, log, (stop) => started.push(stop))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  config: Config,
  extras: NodeExtras,
  log: Log,
  onStop: (stop: () => Promise<void> | void) => void,
): Promise<Omit<Node, 'close'>> {
  const clock = systemClock;
  const randomness = systemRandomness();
  const metrics = openMetrics(config.node.id);
  const probe = runtimeProbe(log, metrics);
  const storageLog: StorageLog = (level, message, fields) => {
    log[level](fields ?? {}, message);
  };

  const embedded =
    config.postgres.url === null
      ? await openEmbeddedPostgres({
          dataDir: config.postgres.dataDir,
          port: config.postgres.embeddedPort,
          log: storageLog,
        })
      : undefined;
  if (embedded !== undefined) onStop(() => embedded.close());
  const postgresUrl = config.postgres.url ?? embedded?.url ?? '';
  const storage = await openPostgresStorage({
    ...config.postgres,
    url: postgresUrl,
    lanes: config.postgres.commitLanes,
    batchTurnsMax: config.postgres.turnsPerCommit,
    seatingPlanBytesMax: config.grpc.seatingPlanBytesMax,
    node: { nodeId: config.node.id, bootId: randomUUID() },
    log: storageLog,
  });
  onStop(() => storage.close());

  const mendStorage = (): void => {
    embedded?.ensureRunning().catch((err: unknown) => {
      log.error({ err }, 'embedded Postgres cannot be started again');
    });
  };
  const health = new Health(() => storage.check(), mendStorage, clock, randomness, config.health);
  onStop(() => {
    health.stop();
  });

  const plans = auditoriumPlans(storage.catalogue, readSeatingPlan, config.screening);
  const bus = localBus<OwnerNotice<SeatMapChange>>();
  const committer = new Committer<ScreeningProjection>(health.watch(storage.journalWriter), clock, config.postgres);
  const system = await openActorSystem({
    warn: (message) => {
      log.warn({ message }, 'actor system');
    },
  });
  onStop(() => system.close());
  const layoutOf = async (screeningId: string) => {
    const layout = await plans.layout(screeningId);
    if (layout === undefined) throw new UnknownEntity(screeningId);
    return layout;
  };
  const actorPorts = {
    committer,
    bus,
    clock,
    randomness,
    probe,
    isRefusal: isRefusedAnswer,
    ownership: storage.ownership,
    journal: storage.journalReader,
    snapshots: storage.snapshots,
  };
  const residents = new Residents<ScreeningCommand, ScreeningAnswer>(
    system,
    (screeningId, onDropped) =>
      screeningActor(screeningId, layoutOf, config.screening, actorPorts, config.runtime, onDropped),
    clock,
    probe,
    { ...config.runtime },
  );
  residents.start();
  onStop(() => residents.close());
  const wakeUps = new WakeUps(
    storage.ownership,
    (screeningId) => {
      residents.wake(screeningId);
    },
    clock,
    config.runtime,
  );
  wakeUps.start();
  onStop(() => {
    wakeUps.stop();
  });

  const streams = new StreamHub(
    {
      bus,
      clock,
      isStale: health.isStale,
      loadLayout: async (screeningId) => {
        const layout = await plans.layout(screeningId);
        if (layout === undefined) throw failureError({ kind: 'not-found' });
        return layout;
      },
      askOwner: (screeningId, knownRevision, deadlineMs) =>
        askForSeatStates(residents, screeningId, knownRevision, deadlineMs),
      full: () => failureError({ kind: 'overloaded' }),
    },
    config.streams,
  );
  onStop(() => {
    streams.close();
  });
  const boxOffice = openBoxOffice({
    catalogue: storage.catalogue,
    plans,
    router: residents,
    planFormat: {
      parse: (json) => parseSeatingPlanBytes(json, { seatsMax: config.screening.seatingPlanSeatsMax }),
      text: seatingPlanText,
      categories: categorySeats,
    },
    clock,
    randomness,
    defaultLimits: config.screening,
    streams,
    journal: storage.journalReader,
    onBug: (method, err) => {
      log.error({ method, err }, 'internal error');
    },
  });
  if (config.demoData) await loadDemoData(boxOffice, clock);

  const grpc = await openGrpcServer({
    host: config.node.host,
    port: config.node.grpcPort,
    boxOffice,
    streams,
    readiness: health,
    clock,
    limits: { ...config.grpc, closeTimeoutMs: config.node.closeTimeoutMs },
    ...(extras.extraServices === undefined ? {} : { extraServices: extras.extraServices }),
  });
  onStop(() => grpc.close());
  const { allowedOrigins, ...httpLimits } = config.http;
  const http = await openHttpServer({
    host: config.node.host,
    port: config.node.httpPort,
    boxOffice,
    streams,
    plans,
    queueStats: async (screeningId) => {
      if ((await plans.place(screeningId)) === undefined) throw failureError({ kind: 'not-found' });
      const stats = (await residents.stats(screeningId)) ?? {};
      return { screening_id: screeningId, owner_node: config.node.id, resident: 'epoch' in stats, ...stats };
    },
    health: () => Promise.resolve(health.report()),
    metrics: () => metrics.render(),
    limits: { ...httpLimits, closeTimeoutMs: config.node.closeTimeoutMs },
    allowedOrigins,
    ...(extras.pageFolder === undefined ? {} : { pageFolder: extras.pageFolder }),
    clock,
    log: storageLog,
  });
  onStop(() => http.close());
  metrics.gauge('cinema_resident_screenings', 'Screenings in memory', () => residents.size);
  metrics.gauge('cinema_replicas', 'Screenings with a live seat map on this node', () => streams.size);
  metrics.gauge('cinema_ready', '1 while the node takes callers', () => (health.isReady() ? 1 : 0));

  health.start();
  onStop(() => {
    health.drain();
  });
  log.info({ grpcPort: grpc.port, httpPort: http.port, embeddedPostgres: embedded !== undefined }, 'node started');
  return { grpcPort: grpc.port, httpPort: http.port, postgresUrl };
}

function isRefusedAnswer(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'refused';
}
