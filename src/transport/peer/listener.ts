import { once } from 'node:events';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { addressOf, addressText } from './address.js';
import type { PeerCredentials } from './credentials.js';
import { sentenceOf } from './error-sentence.js';
import type { PeerLimits } from './limits.js';

/** Four times as many nodes as a cluster may be configured with: connections that broke may linger. */
const CONNECTIONS_MAX = 1_024;

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly credentials: PeerCredentials;
  readonly limits: Pick<PeerLimits, 'peerConnectTimeoutMs'>;
  /** Gets every connection that may be one of a peer. */
  readonly take: (socket: Socket) => void;
  /** Hears of every other, with the address it comes from. */
  readonly refused: (address: string, why: string) => void;
}

export interface Listener {
  readonly port: number;
  /** Takes no new connections; those that are open stay. */
  stop(): void;
  /** Ends those that are left, and resolves when all are gone. */
  close(): Promise<void>;
}

/** Listens for connections; with TLS only those with a certificate of the authority are taken. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { host, port, credentials, refused } = options;
  const server = credentials.tls === undefined ? plainServer(options) : tlsServer(options, credentials.tls);
  const sockets = new Set<Socket>();
  server.maxConnections = CONNECTIONS_MAX;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.setNoDelay());
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('drop', (from) =>
    refused(addressText(from?.remoteAddress, from?.remotePort), `${String(CONNECTIONS_MAX)} are open`),
  );
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`the peer link cannot listen on ${addressText(host, port)}: ${sentenceOf(error)}`, {
      cause: error,
    });
  }
  return {
    port: portOf(server),
    stop: () => void server.close(),
    async close() {
      for (const socket of sockets) socket.destroy();
      while (sockets.size > 0) await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    },
  };
}

function plainServer({ take }: ListenerOptions): Server {
  return createPlainServer(take);
}

function tlsServer({ take, refused, limits }: ListenerOptions, tls: NonNullable<PeerCredentials['tls']>): Server {
  const server = createTlsServer({
    ...tls,
    ALPNProtocols: ['h2'],
    handshakeTimeout: limits.peerConnectTimeoutMs,
    requestCert: true,
    // Node would drop the connection without telling whose it was; it is looked at below.
    rejectUnauthorized: false,
  });
  // Connections whose handshake has not ended, by the address they come from.
  const unfinished = new Set<string>();
  const refuse = (address: string, why: string): void => {
    if (unfinished.delete(address)) refused(address, why);
  };
  server.on('connection', (socket: Socket) => {
    const address = addressOf(socket);
    unfinished.add(address);
    socket.once('close', () => refuse(address, 'it hung up during the TLS handshake'));
  });
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    refuse(addressOf(socket), sentenceOf(error));
    // Node leaves one that took too long open.
    socket.destroy();
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    const address = addressOf(socket);
    if (!socket.authorized)
      refuse(address, `no certificate of the authority (${sentenceOf(socket.authorizationError)})`);
    else if (socket.alpnProtocol !== 'h2') refuse(address, 'it does not speak HTTP/2');
    else {
      unfinished.delete(address);
      take(socket);
      return;
    }
    socket.destroy();
  });
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
