import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { PeerIdentity, ServePeer } from '../../cluster/ports.js';
import type { Clock } from '../../runtime/index.js';
import { addressText } from './address.js';
import type { PeerCredentials } from './credentials.js';
import { helloOf } from './hello.js';
import type { PeerLimits, PeerLog } from './limits.js';
import { linkSettings } from './link-protocol.js';
import { ServedConnection } from './served-connection.js';
import type { ServedLinkOptions } from './served-link.js';

/** Four times as many nodes as a cluster may be configured with: links that broke may linger. */
const CONNECTIONS_MAX = 1_024;

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
  const { host, port, identity, cluster, serve, clock, limits, log } = options;
  const server = createLinkServer(options.credentials, limits);
  const linkOptions: ServedLinkOptions = { hello: helloOf(identity, cluster), serve, clock, limits, log };
  const sockets = openSockets(server);
  const connections = new Set<ServedConnection>();
  let changed = (): void => undefined;

  server.on('session', (session: ServerHttp2Session) => {
    const address = addressOf(session.socket);
    const connection = new ServedConnection(session, address, linkOptions, () => {
      connections.delete(connection);
      changed();
    });
    connections.add(connection);
  });
  logRefusals(server, log);
  await listen(server, host, port);

  const close = async (): Promise<void> => {
    const cut = clock.after(limits.closeTimeoutMs, () => {
      for (const connection of connections) connection.cut();
    });
    server.close();
    for (const connection of connections) connection.stop();
    while (connections.size > 0) await new Promise<void>((resolve) => (changed = resolve));
    cut.cancel();
    // Those that never came to anything.
    for (const socket of sockets) socket.destroy();
  };
  let closing: Promise<void> | undefined;
  return { port: portOf(server), close: () => (closing ??= close()) };
}

function createLinkServer({ tls }: PeerCredentials, limits: PeerLimits): Http2Server | Http2SecureServer {
  const server =
    tls === undefined
      ? createServer({ settings: linkSettings })
      : createSecureServer({
          ...tls,
          settings: linkSettings,
          requestCert: true,
          rejectUnauthorized: true,
          handshakeTimeout: limits.peerConnectTimeoutMs,
        });
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

function openSockets(server: Http2Server | Http2SecureServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Connections that never became one of HTTP/2. */
function logRefusals(server: Http2Server | Http2SecureServer, log: PeerLog): void {
  const refused = (address: string, why: string): void =>
    log('warn', `refused a connection to the peer port from ${address}: ${why}`, { address });
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => refused(addressOf(socket), error.message));
  server.on('unknownProtocol', (socket: TLSSocket) => {
    refused(addressOf(socket), 'it does not speak HTTP/2');
    socket.destroy();
  });
  server.on('drop', (data?: { remoteAddress?: string; remotePort?: number }) =>
    refused(addressText(data?.remoteAddress, data?.remotePort), `${String(CONNECTIONS_MAX)} are open`),
  );
}

async function listen(server: Http2Server | Http2SecureServer, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the peer link cannot listen on ${addressText(host, port)}: ${why}`, { cause: error });
  }
}

function portOf(server: Http2Server | Http2SecureServer): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

function addressOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return addressText(socket.remoteAddress, socket.remotePort);
}
