import { systemClock } from '../../../../src/runtime/index.js';
import { ApiError } from '../../../../src/transport/api/index.js';
import {
  openHttpServer,
  type Health,
  type HttpLimits,
  type HttpProbe,
  type HttpServer,
} from '../../../../src/transport/http/index.js';
import { FakeBoxOffice, smallPlan } from './fake-box-office.js';
import { FakeStreams } from './fake-streams.js';

/** A real server on a free port in front of fakes. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly server: HttpServer;
  readonly boxOffice: FakeBoxOffice;
  readonly streams: FakeStreams;
  /** What operators were told, most recent last. */
  readonly told: string[];
  health: Health;
}

export interface TestServerOptions {
  readonly limits?: Partial<HttpLimits>;
  readonly allowedOrigins?: readonly string[];
  /** Seats of the screening `tonight`. */
  readonly seatIds?: readonly string[];
  /** Any free port when absent. */
  readonly port?: number;
}

export async function openTestServer({
  limits,
  allowedOrigins,
  seatIds,
  port = 0,
}: TestServerOptions = {}): Promise<TestServer> {
  const boxOffice = new FakeBoxOffice();
  const ids = seatIds ?? smallPlan.seats.map(({ seatId }) => seatId);
  const streams = new FakeStreams({ tonight: ids, tomorrow: ids });
  const told: string[] = [];
  const healthy: Health = { live: true, ready: true, checks: { storage: { ok: true } } };
  const state = { health: healthy };
  const server = await openHttpServer({
    host: '127.0.0.1',
    port,
    boxOffice,
    streams,
    progressIntervalMs: 3_000,
    plans: { plan: (auditoriumId) => Promise.resolve(auditoriumId === 'small' ? { plan: smallPlan } : undefined) },
    queueStats: (screeningId) =>
      screeningId === 'tonight'
        ? Promise.resolve({ waiting: 3, lanes: { public: 2 } })
        : Promise.reject(new ApiError('NOT_FOUND', 'SCREENING_NOT_FOUND', 'there is no such screening')),
    health: () => Promise.resolve(state.health),
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
    limits: { closeTimeoutMs: 500, ...limits },
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
    clock: systemClock,
    log: (level, message) => told.push(`${level}: ${message}`),
    probe: probeTo(told),
  });
  return Object.assign(state, {
    url: `http://127.0.0.1:${String(server.port)}`,
    port: server.port,
    server,
    boxOffice,
    streams,
    told,
  });
}

function probeTo(told: string[]): HttpProbe {
  return {
    requestAnswered: (route, status) => told.push(`${route} ${String(status)}`),
    requestAborted: (route) => told.push(`${route} aborted`),
    viewersChanged: (viewers) => told.push(`viewers ${String(viewers)}`),
    framesSent: (kind, receivers) => told.push(`${kind} to ${String(receivers)}`),
    viewerFellBehind: () => told.push('fell behind'),
    viewerRefused: (reason) => told.push(`refused ${reason}`),
  };
}
