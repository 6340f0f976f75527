import { createServer } from 'node:http2';
import type { PeerIdentity, ServePeer } from '../../cluster/ports.js';
import type { Clock } from '../../runtime/index.js';
import { addressOf } from './address.js';
import type { PeerCredentials } from './credentials.js';
import { helloOf } from './hello.js';
import type { PeerLimits, PeerLog } from './limits.js';
import { linkSettings } from './link-protocol.js';
import { listen } from './listener.js';
import { ServedConnection } from './served-connection.js';
import type { ServedLinkOptions } from './served-link.js';

export interface PeerServerLimits extends PeerLimits {
  /** How long a graceful stop waits for calls under way before it cuts them. */
  readonly closeTimeoutMs: number;
}

export interface PeerServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Who this node is. */
  readonly identity: PeerIdentity;
  /** Name of the cluster; a caller of another one is hung up on. */
  readonly cluster: string;
  /** Answers calls of methods that are not known as well. */
  readonly serve: ServePeer;
  readonly clock: Clock;
  /** callsPerPeerMax and bytesPerPeerMax bound what is not replied to: beyond, nothing more is read. */
  readonly limits: PeerServerLimits;
  readonly credentials: PeerCredentials;
  readonly log: PeerLog;
}

export interface PeerServer {
  readonly port: number;
  /** Takes no calls any more, replies to those it took, ends the links. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the port peers link to. A link that sends what it should not is ended, with a
 * line in the log that has its address, and no other link notices.
 * @throws Error naming the address when it cannot be listened on
 */
export async function openPeerServer(options: PeerServerOptions): Promise<PeerServer> {
  const { host, port, identity, cluster, serve, clock, limits, credentials, log } = options;
  const linkOptions: ServedLinkOptions = { hello: helloOf(identity, cluster), serve, clock, limits, log };
  const connections = new Set<ServedConnection>();
  let oneLess = (): void => undefined;

  // Listens nowhere itself: it is handed the connections the listener takes.
  const sessions = createServer({ settings: linkSettings });
  sessions.on('session', (session) => {
    const connection = new ServedConnection(session, addressOf(session.socket), linkOptions, () => {
      connections.delete(connection);
      oneLess();
    });
    connections.add(connection);
  });
  const listener = await listen({
    host,
    port,
    credentials,
    limits,
    take: (socket) => sessions.emit('connection', socket),
    refused: (address, why) =>
      log('warn', `refused a connection to the peer port from ${address}: ${why}`, { address }),
  });

  const close = async (): Promise<void> => {
    const cut = clock.after(limits.closeTimeoutMs, () => {
      for (const connection of connections) connection.cut();
    });
    listener.stop();
    for (const connection of connections) connection.stop();
    while (connections.size > 0) await new Promise<void>((resolve) => (oneLess = resolve));
    cut.cancel();
    await listener.close();
  };
  let closing: Promise<void> | undefined;
  return { port: listener.port, close: () => (closing ??= close()) };
}
