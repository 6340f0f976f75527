import type { UwsApp, UwsNative } from './types.js';

/** An open port. */
export interface Listening {
  readonly port: number;
  /** Takes no new connections; open ones stay. Idempotent. */
  stopAccepting(): void;
}

/**
 * Binds `host`:`port` (0: any free port) for this process alone: without that, Linux
 * would silently share the port with another node that has it.
 * @throws Error naming the address when it cannot be bound.
 */
export function listen(native: UwsNative, app: UwsApp, host: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    app.listen(host, port, native.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket === false) {
        reject(
          new Error(`cannot listen on ${host}:${String(port)}: the port is taken or the address is not this machine's`),
        );
        return;
      }
      let accepting = true;
      resolve({
        port: native.us_socket_local_port(socket),
        stopAccepting() {
          if (accepting) native.us_listen_socket_close(socket);
          accepting = false;
        },
      });
    });
  });
}
