/** The HTTP port: the seat page, JSON for browsers and operators, WebSockets for viewers. */
export type { HttpLimits } from './limits.js';
export type { Health, HttpBoxOffice, HttpProbe } from './options.js';
export { openHttpServer, type HttpServer } from './server.js';
