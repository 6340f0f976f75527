import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP connection to the server that can be cut, WebSockets and all. */
export class CuttableProxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {}

  static async open(targetUrl: string): Promise<CuttableProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new CuttableProxy(server, `http://127.0.0.1:${String(address.port)}`);
    server.on('connection', (client) => proxy.join(client, connect(Number(new URL(targetUrl).port), '127.0.0.1')));
    return proxy;
  }

  /** Ends every connection without a goodbye and refuses new ones until mend(). */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
    if (this.isCut) client.resetAndDestroy();
  }
}
