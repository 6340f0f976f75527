import type { Server } from '@grpc/grpc-js';
import type { Http2Server } from 'node:http2';

/**
 * Shows `use` each HTTP/2 server that grpc-js makes for `server`, before it takes a connection.
 * Call it before the server is bound.
 *
 * Where grpc-js makes it is not documented. Where it is not as expected (a later version) `use`
 * is not called, and nothing else changes.
 */
export function withHttp2Server(server: Server, use: (http2Server: Http2Server) => void): void {
  const create: unknown = Reflect.get(server, 'createHttp2Server');
  if (typeof create !== 'function') return;
  Reflect.set(server, 'createHttp2Server', (...given: unknown[]): unknown => {
    const http2Server: unknown = Reflect.apply(create, server, given);
    if (isHttp2Server(http2Server)) use(http2Server);
    return http2Server;
  });
}

/** As far as it is used. */
function isHttp2Server(made: unknown): made is Http2Server {
  return typeof made === 'object' && made !== null && 'on' in made && typeof made.on === 'function';
}
