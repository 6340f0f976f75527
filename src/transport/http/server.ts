import { listen, loadUws } from '../uws/index.js';
import { HttpRefusal } from './error-reply.js';
import { FrontDoor } from './front-door.js';
import { httpLimits } from './limits.js';
import { operationRoutes } from './operation-routes.js';
import { silentHttpProbe, type HttpClock, type HttpServerOptions } from './options.js';
import { originPolicy } from './origins.js';
import { builtPageFolder, pageRoutes } from './page-routes.js';
import { reservationRoutes } from './reservation-routes.js';
import { Router, type Route } from './router.js';
import { screeningRoutes } from './screening-routes.js';
import { ViewerSocket } from './viewer-socket.js';

/** The open HTTP port: pages, JSON and WebSockets. */
export interface HttpServer {
  readonly port: number;
  /** http://host:port, for people and for logs. */
  readonly address: string;
  /** Sockets on this node that watch the screening. */
  viewersOf(screeningId: string): number;
  /**
   * Takes no new connections, asks viewers to connect elsewhere (code 1012), lets
   * requests under way finish for at most closeTimeoutMs, then cuts what is left.
   * Idempotent: every call gets the same promise.
   */
  close(): Promise<void>;
}

/** A request for /ws that is not a WebSocket handshake. */
const plainSocketRoute: Route = {
  method: 'GET',
  pattern: '/ws',
  answer: () =>
    Promise.reject(
      new HttpRefusal(426, 'INVALID_ARGUMENT', 'UPGRADE_REQUIRED', 'this path speaks WebSocket only', {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
      }),
    ),
};

/**
 * Opens the HTTP port.
 * @throws UwsUnavailable when no native uWebSockets.js loads here; RangeError for a
 *   limit that makes no sense; Error when the page is not built, an allowed origin is
 *   not one or the port cannot be had.
 */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const limits = httpLimits(options.limits);
  const origins = originPolicy(options.allowedOrigins ?? []);
  const { clock, log, probe = silentHttpProbe } = options;
  const router = new Router([
    ...screeningRoutes(options, limits),
    ...reservationRoutes(options),
    ...operationRoutes(options),
    plainSocketRoute,
    ...(await pageRoutes(options.pageFolder ?? builtPageFolder)),
  ]);

  const native = loadUws();
  const app = native.App();
  const viewers = new ViewerSocket(app, { streams: options.streams, origins, limits, clock, log, probe });
  const door = new FrontDoor({ router, origins, limits, clock, log, probe });
  app.any('/*', (res, req) => door.handle(res, req));
  const listening = await listen(native, app, options.host, options.port);

  const close = async (): Promise<void> => {
    listening.stopAccepting();
    door.startClosing();
    viewers.sendAway();
    const deadlineMs = clock.monotonic() + limits.closeTimeoutMs;
    while ((door.inFlight > 0 || viewers.size > 0) && clock.monotonic() < deadlineMs) await pause(clock, CLOSE_POLL_MS);
    app.close();
  };
  let closing: Promise<void> | undefined;
  return {
    port: listening.port,
    address: `http://${urlHost(options.host)}:${String(listening.port)}`,
    viewersOf: (screeningId) => viewers.viewersOf(screeningId),
    close: () => (closing ??= close()),
  };
}

/** uWebSockets.js tells of each goodbye, but asking now and then is simpler and as good. */
const CLOSE_POLL_MS = 10;

const pause = (clock: HttpClock, delayMs: number): Promise<void> =>
  new Promise((resolve) => clock.after(delayMs, resolve));

/** As a browser on this machine would write it. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
