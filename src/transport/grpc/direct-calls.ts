import type { Server } from '@grpc/grpc-js';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../runtime/index.js';
import type { OnBug } from '../api/index.js';
import { DirectCall, type DirectCallLimits, type DirectMethod } from './direct-call.js';
import { timeoutMsOf } from './grpc-timeout.js';
import { withHttp2Server } from './http2-server.js';
import type { BoundedMethod } from './method-table.js';
import type { UnaryHandler } from './unary-call.js';

/**
 * Answers unary calls over the server's HTTP/2 streams without grpc-js in between. It makes for each
 * call what this server has no use for: interceptors, channelz and its counters, a recorder of
 * metrics, metadata, a decoder of many messages, and promises between them. Of the 33 us of CPU of the node
 * that a hold takes this was 10, and a third more holds are served without it.
 *
 * The methods have to be on the server as well. Whatever is unusual about a call is left to grpc-js: a compressed
 * request, headers that are not as they should be, a path that is not known. So are all streams and all that
 * concerns a connection. With a later version of grpc-js that makes its HTTP/2 server elsewhere, it has all of them.
 */
export class DirectCalls {
  readonly #methods = new Map<string, DirectMethod>();

  /** Make it before the server is bound. */
  constructor(
    server: Server,
    private readonly limits: DirectCallLimits,
    private readonly clock: Clock,
    private readonly onBug: OnBug,
  ) {
    withHttp2Server(server, (http2Server) => {
      // Not a listener: grpc-js has one for all streams, which must not see these.
      const emit = http2Server.emit.bind(http2Server) as (event: string | symbol, ...given: unknown[]) => boolean;
      Reflect.set(http2Server, 'emit', (event: string | symbol, ...given: unknown[]) => {
        if (event !== 'stream') return emit(event, ...given);
        const [stream, headers] = given as [ServerHttp2Stream, IncomingHttpHeaders];
        return this.#takes(stream, headers) || emit(event, ...given);
      });
    });
  }

  /** The unary methods among those that have a handler; others are passed over. */
  add(service: Readonly<Record<string, BoundedMethod>>, handlers: Readonly<Record<string, unknown>>): void {
    for (const [name, definition] of Object.entries(service)) {
      const handler = handlers[name];
      if (handler === undefined || definition.requestStream || definition.responseStream) continue;
      this.#methods.set(definition.path, { definition, handler: handler as UnaryHandler<unknown, unknown> });
    }
  }

  #takes(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
    const path = headers[constants.HTTP2_HEADER_PATH];
    const method = typeof path === 'string' ? this.#methods.get(path) : undefined;
    if (method === undefined || !isPlain(headers)) return false;
    const timeoutMs = timeoutMsOf(headers['grpc-timeout']);
    if (timeoutMs === undefined) return false;
    new DirectCall(stream, method, timeoutMs, this.limits, this.clock, this.onBug).start();
    return true;
  }
}

function isPlain(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['grpc-encoding'];
  const contentType = headers[constants.HTTP2_HEADER_CONTENT_TYPE];
  return (
    (encoding === undefined || encoding === 'identity') &&
    headers[constants.HTTP2_HEADER_METHOD] === 'POST' &&
    typeof contentType === 'string' &&
    contentType.startsWith('application/grpc')
  );
}
