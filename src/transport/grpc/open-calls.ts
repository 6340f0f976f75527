import type { Server } from '@grpc/grpc-js';
import type { ServerHttp2Session } from 'node:http2';
import { types } from 'node:util';
import { TableById } from '../table-by-id.js';

/**
 * Has the server's HTTP/2 sessions keep their open streams, one for each call, in a
 * TableById instead of a `Map`; TableById says why. Call it before the server is bound.
 *
 * Neither where grpc-js makes its HTTP/2 server nor where Node keeps the streams of a session is
 * documented. Where one of them is not as expected (a later version) all stays as it was,
 * and works; a test notices.
 */
export function keepOpenCallsById(server: Server): void {
  const create: unknown = Reflect.get(server, 'createHttp2Server');
  if (typeof create !== 'function') return;
  Reflect.set(server, 'createHttp2Server', (...given: unknown[]): unknown => {
    const http2Server: unknown = Reflect.apply(create, server, given);
    if (isEmitter(http2Server)) http2Server.on('session', keepStreamsById);
    return http2Server;
  });
}

/** Node keeps them under a symbol: { streams: Map, ... } */
function keepStreamsById(session: ServerHttp2Session): void {
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  const state: unknown = key === undefined ? undefined : Reflect.get(session, key);
  if (!hasStreams(state) || !types.isMap(state.streams) || state.streams.size > 0) return;
  state.streams = new TableById();
}

function hasStreams(state: unknown): state is { streams: unknown } {
  return typeof state === 'object' && state !== null && 'streams' in state;
}

interface Emitter {
  on(event: 'session', listener: (session: ServerHttp2Session) => void): unknown;
}

function isEmitter(server: unknown): server is Emitter {
  return typeof server === 'object' && server !== null && 'on' in server && typeof server.on === 'function';
}
