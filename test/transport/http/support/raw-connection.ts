import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../../support/eventually.js';

/** Bytes on a TCP connection: for what no well-behaved client sends. */
export class RawConnection {
  received = Buffer.alloc(0);
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.received = Buffer.concat([this.received, chunk])));
    socket.on('close', () => (this.isClosed = true));
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Asks for a WebSocket and waits for the answer. */
  static async upgraded(port: number, query: string): Promise<RawConnection> {
    const connection = await RawConnection.open(port);
    connection.send(
      `GET /ws?${query} HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await connection.receives('101 Switching Protocols');
    return connection;
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  receives(text: string): Promise<void> {
    return eventually(`${JSON.stringify(text)} on the connection`, () => this.received.includes(text));
  }

  closes(limitMs?: number): Promise<void> {
    return eventually('the connection to be closed', () => this.isClosed, limitMs);
  }

  destroy(): void {
    this.socket.destroy();
  }
}
