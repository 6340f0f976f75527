import type { Server } from '@grpc/grpc-js';
import type { Socket } from 'node:net';
import { withHttp2Server } from './http2-server.js';

/** Who is connected to a server. */
export interface Connections {
  /** Open now. */
  readonly size: number;
}

/**
 * Has the server cut what connects while it has as many connections as it may. The client sees a
 * connection that broke, and tries again later or elsewhere, as gRPC does. Call it before the server is bound.
 *
 * @param connectionsMax of each address it listens on; a name may have several
 * @param onRefused told of each that is cut
 */
export function limitConnections(server: Server, connectionsMax: number, onRefused: () => void): Connections {
  let size = 0;
  withHttp2Server(server, (http2Server) => {
    http2Server.maxConnections = connectionsMax;
    http2Server.on('drop', onRefused);
    http2Server.on('connection', (socket: Socket) => {
      size += 1;
      socket.once('close', () => {
        size -= 1;
      });
    });
  });
  return {
    get size() {
      return size;
    },
  };
}
