import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { ScreeningServiceService } from '../../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import {
  BookSeatsResponse,
  ConfirmHoldResponse,
  ExecuteResponse,
  GetSeatMapResponse,
  HoldSeatsResponse,
  ReleaseHoldResponse,
  SeatServiceService,
} from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { HealthService } from '../../../proto/gen/grpc/health/v1/health.js';
import type { Clock } from '../../runtime/index.js';
import type { SeatStreams } from '../../streams/index.js';
import type { BoxOffice, ClusterMethods, EncodedMethods, Method, OnBug } from '../api/index.js';
import { Admission } from './admission.js';
import { addClusterService } from './cluster-service.js';
import { limitConnections } from './connections.js';
import { DirectCalls } from './direct-calls.js';
import { execute, type ExecuteLimits } from './execute.js';
import { healthService, type Readiness } from './health-service.js';
import { encodedMethod, methodTable, type BoundedMethod, type Malformed } from './method-table.js';
import { keepOpenCallsById } from './open-calls.js';
import { OpenStreams } from './open-streams.js';
import { addReflection } from './reflection.js';
import { nameEndStream } from './response-options.js';
import { unary } from './unary.js';
import type { UnaryHandler } from './unary-call.js';
import { unaryEncoded } from './unary-encoded.js';
import { watchSeats, type WatchLimits } from './watch-seats.js';

export interface GrpcLimits extends ExecuteLimits, WatchLimits {
  /** Largest request of any command. */
  readonly commandBytesMax: number;
  /** Largest CreateAuditorium request; a plan of 200,000 seats has some 26 MB. */
  readonly seatingPlanBytesMax: number;
  /** Most unary calls and commands of Execute streams under way on the node; more are refused. */
  readonly callsMax: number;
  /** Most connections to the port; more are cut. */
  readonly connectionsMax: number;
  /** Most calls and streams under way on one connection; the client keeps the rest back. */
  readonly callsPerConnectionMax: number;
  /** Most Execute streams on the node; more are refused. */
  readonly executeStreamsMax: number;
  /** Most WatchSeats streams on the node, as many of Health.Watch and as many of reflection; more are refused. */
  readonly watchersMax: number;
  /** How long a graceful stop waits for calls under way. */
  readonly closeTimeoutMs: number;
}

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly boxOffice: BoxOffice;
  /** In a cluster: methods that take requests as they came, to pass them on to the screening's owner. */
  readonly encoded?: EncodedMethods;
  readonly cluster: ClusterMethods;
  readonly streams: SeatStreams;
  readonly readiness: Readiness;
  readonly clock: Clock;
  readonly limits: GrpcLimits;
  /** A connection, a call, a command or a stream was refused because the node has as many as it may. */
  readonly onOverloaded: () => void;
  readonly onBug: OnBug;
  /** Further services on the same server; benchmarks put their floor here. */
  readonly extraServices?: readonly {
    readonly definition: ServiceDefinition;
    readonly implementation: UntypedServiceImplementation;
  }[];
}

export interface GrpcServer {
  readonly port: number;
  readonly connections: number;
  /** Unary calls and commands of Execute streams that wait for their answer, calls about nodes aside. */
  readonly callsUnderWay: number;
  /** Open Execute streams. */
  readonly executeStreams: number;
  /** Open WatchSeats streams. */
  readonly watchers: number;
  /** Takes no new calls, waits for those under way, then cuts them. Idempotent. */
  close(): Promise<void>;
}

/** Services of the API, by name. */
const SERVICES = [
  'cinema.boxoffice.v1.ScreeningService',
  'cinema.boxoffice.v1.SeatService',
  'cinema.cluster.v1.ClusterService',
];

/** Serves the public API, health and reflection. Rejects when the port cannot be had. */
export async function openGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { limits } = options;
  const server = new Server({
    'grpc.max_receive_message_length': limits.seatingPlanBytesMax + 1024,
    'grpc.max_concurrent_streams': limits.callsPerConnectionMax,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  const connections = limitConnections(server, limits.connectionsMax, options.onOverloaded);
  keepOpenCallsById(server);
  nameEndStream(server);
  const direct = new DirectCalls(server, { arrivalMs: limits.commandTimeoutMs }, options.clock, options.onBug);
  const open = {
    watchers: new OpenStreams(limits.watchersMax, options.onOverloaded),
    healthWatchers: new OpenStreams(limits.watchersMax, options.onOverloaded),
    reflections: new OpenStreams(limits.watchersMax, options.onOverloaded),
    pipelines: new OpenStreams(limits.executeStreamsMax, options.onOverloaded),
  };
  const admission = new Admission(limits.callsMax, options.onOverloaded);
  addServices(server, direct, options, open, admission);
  for (const { definition, implementation } of options.extraServices ?? [])
    server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${options.host}:${String(options.port)}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else
        reject(
          new Error(`gRPC cannot listen on ${options.host}:${String(options.port)}: ${error.message}`, {
            cause: error,
          }),
        );
    });
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    for (const streams of Object.values(open)) streams.endAll();
    return shutDown(server, options.clock, limits.closeTimeoutMs);
  };
  return {
    port,
    get connections() {
      return connections.size;
    },
    get callsUnderWay() {
      return admission.underWay;
    },
    get executeStreams() {
      return open.pipelines.size;
    },
    get watchers() {
      return open.watchers.size;
    },
    close: () => (closing ??= close()),
  };
}

function addServices(
  server: Server,
  direct: DirectCalls,
  { boxOffice, encoded, cluster, streams, readiness, clock, limits, onBug }: GrpcServerOptions,
  open: Readonly<Record<'watchers' | 'healthWatchers' | 'reflections' | 'pipelines', OpenStreams>>,
  admission: Admission,
): void {
  // Not limited: whoever has to do something about a node with too much to do must get through.
  const answerAlways = <Request, Response>(
    method: Method<Request, Response>,
  ): UnaryHandler<Request | Malformed, Response> => unary(method, clock, limits.commandTimeoutMs, onBug);
  const answer = <Request, Response>(method: Method<Request, Response>): UnaryHandler<Request | Malformed, Response> =>
    admission.limited(answerAlways(method));
  const bytesMax = { default: limits.commandBytesMax, createAuditorium: limits.seatingPlanBytesMax };
  const screenings = {
    createAuditorium: answer(boxOffice.createAuditorium),
    getAuditorium: answer(boxOffice.getAuditorium),
    listAuditoriums: answer(boxOffice.listAuditoriums),
    createScreening: answer(boxOffice.createScreening),
    getScreening: answer(boxOffice.getScreening),
    listScreenings: answer(boxOffice.listScreenings),
    updateScreening: answer(boxOffice.updateScreening),
    cancelScreening: answer(boxOffice.cancelScreening),
  };
  const answers = {
    holdSeats: HoldSeatsResponse,
    confirmHold: ConfirmHoldResponse,
    bookSeats: BookSeatsResponse,
    releaseHold: ReleaseHoldResponse,
    getSeatMap: GetSeatMapResponse,
    execute: ExecuteResponse,
  };
  const seats = {
    getSeatMap: answer(boxOffice.getSeatMap),
    holdSeats: answer(boxOffice.holdSeats),
    extendHold: answer(boxOffice.extendHold),
    getHold: answer(boxOffice.getHold),
    releaseHold: answer(boxOffice.releaseHold),
    confirmHold: answer(boxOffice.confirmHold),
    bookSeats: answer(boxOffice.bookSeats),
    cancelBooking: answer(boxOffice.cancelBooking),
    getBooking: answer(boxOffice.getBooking),
    listBookings: answer(boxOffice.listBookings),
    listStatusChanges: answer(boxOffice.listStatusChanges),
    watchSeats: open.watchers.limited(watchSeats({ streams, clock, open: open.watchers, onBug }, limits)),
    execute: open.pipelines.limited(execute({ boxOffice, clock, admission, open: open.pipelines, onBug }, limits)),
  };
  // In a cluster the routed methods take bytes; everything else of them stays.
  const add = (table: Readonly<Record<string, BoundedMethod>>, methods: UntypedServiceImplementation): void => {
    const routed = Object.entries(encoded ?? {}).filter(([name]) => table[name] !== undefined);
    const passing = Object.fromEntries(
      Object.entries(table).map(([name, definition]) => [
        name,
        routed.some(([other]) => other === name) ? encodedMethod(definition) : definition,
      ]),
    );
    const answering = routed.map(
      ([name, method]) =>
        [name, admission.limited(unaryEncoded(method, clock, limits.commandTimeoutMs, onBug))] as const,
    );
    const handlers = { ...methods, ...Object.fromEntries(answering) };
    server.addService(passing, handlers);
    direct.add(passing, handlers);
  };
  add(methodTable(ScreeningServiceService, {}, bytesMax), screenings);
  add(methodTable(SeatServiceService, answers, bytesMax), seats);
  addClusterService(server, cluster, answerAlways, bytesMax);
  server.addService(HealthService, { ...healthService(readiness, SERVICES, open.healthWatchers) });
  addReflection(server, [...SERVICES, 'grpc.health.v1.Health'], open.reflections);
}

function shutDown(server: Server, clock: Clock, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = clock.after(timeoutMs, () => {
      server.forceShutdown();
      resolve();
    });
    server.tryShutdown(() => {
      cut.cancel();
      resolve();
    });
  });
}
