/** The HTTP port: the seat page, JSON for browsers and operators, WebSockets for viewers. */
export { defaultHttpLimits, type HttpLimits } from './limits.js';
export type { Health, HttpBoxOffice, HttpClock, HttpLog, HttpProbe, HttpServerOptions, PlanSource } from './options.js';
export { openHttpServer, type HttpServer } from './server.js';
