import type { Server } from '@grpc/grpc-js';
import type { Http2Session } from 'node:http2';
import { types } from 'node:util';
import { TableById } from '../table-by-id.js';
import { Handful } from './handful.js';
import { withHttp2Server } from './http2-server.js';

/**
 * Has the server's HTTP/2 sessions keep their open streams, one for each call, in a
 * TableById instead of a `Map`, and those that have no id yet in a Handful instead of a `Set`.
 * Both say why. Call it before the server is bound.
 *
 * Where Node keeps the streams of a session is not documented. Where it is not as expected
 * (a later version) all stays as it was, and works; a test notices.
 */
export function keepOpenCallsById(server: Server): void {
  withHttp2Server(server, (http2Server) => http2Server.on('session', keepStreamsById));
}

/** The same for one session, of a server or a client, before it has streams. */
export function keepStreamsById(session: Http2Session): void {
  // Node keeps them under a symbol: { streams: Map, pendingStreams: Set, ... }
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  const state: unknown = key === undefined ? undefined : Reflect.get(session, key);
  if (typeof state !== 'object' || state === null) return;
  if ('streams' in state && types.isMap(state.streams) && state.streams.size === 0) state.streams = new TableById();
  if ('pendingStreams' in state && types.isSet(state.pendingStreams) && state.pendingStreams.size === 0)
    state.pendingStreams = new Handful();
}
