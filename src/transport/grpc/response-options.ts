import type { Server } from '@grpc/grpc-js';
import type { ServerHttp2Stream, ServerStreamResponseOptions } from 'node:http2';
import { withHttp2Server } from './http2-server.js';

/** After so many calls without the options it is another grpc-js, and they are left alone. */
const CALLS_MAX = 100;

/**
 * Has the options that grpc-js gives to each response name `endStream`, as false, which Node
 * otherwise adds to its copy of them. Call it before the server is bound.
 *
 * V8 11 (Node 20) makes a hidden class for every property that is added to an object made by spreading
 * another: a class with its descriptors and two handlers for each call, 230 bytes that only a
 * full collection frees, and two look-ups that miss every cache. Of the 33 us of CPU of a call that does
 * nothing that was 4. With V8 12 (Node 22) it is neither better nor worse.
 *
 * The object is grpc-js's own, the same for all responses of all servers, and not exported: it is met in
 * the first response.
 */
export function nameEndStream(server: Server): void {
  withHttp2Server(server, (http2Server) => {
    let calls = 0;
    const stop = (): void => {
      http2Server.off('stream', look);
    };
    const look = (stream: ServerHttp2Stream): void => {
      calls += 1;
      if (calls === CALLS_MAX) stop();
      const respond = stream.respond.bind(stream);
      stream.respond = (headers, options) => {
        // Those of a refusal are made for it, and end the stream.
        if (options?.waitForTrailers === true) {
          name(options);
          stop();
        }
        respond(headers, options);
      };
    };
    // grpc-js listens already, and answers within its listener.
    http2Server.prependListener('stream', look);
  });
}

function name(options: ServerStreamResponseOptions): void {
  // Not an assignment: should it be frozen one day, that would throw.
  if (options.endStream === undefined) Reflect.set(options, 'endStream', false);
}
