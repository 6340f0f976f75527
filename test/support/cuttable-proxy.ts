import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP connection to the server that can be cut, WebSockets and all, or go silent. */
export class CuttableProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isCut = false;
  private isFrozen = false;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly port: number,
  ) {}

  /** @param targetUrl where it leads to, on this machine; the port counts */
  static async open(targetUrl: string): Promise<CuttableProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new CuttableProxy(server, address.port);
    server.on('connection', (client) => proxy.join(client, connect(Number(new URL(targetUrl).port), '127.0.0.1')));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Ends every connection without a goodbye and refuses new ones until mend(). */
  cut(): void {
    this.isCut = true;
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Passes nothing on until mend(), and takes new connections, as if the server were frozen. */
  freeze(): void {
    this.isFrozen = true;
    for (const pair of this.pairs) {
      for (const socket of pair) socket.unpipe().pause();
    }
  }

  /** Passes nothing of what the server says on until mend(). */
  freezeReplies(): void {
    for (const [, server] of this.pairs) server.unpipe().pause();
  }

  mend(): void {
    this.isCut = false;
    this.isFrozen = false;
    for (const pair of this.pairs) flow(pair);
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket, server: Socket): void {
    const pair = [client, server] as const;
    this.pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
    if (!this.isFrozen) flow(pair);
    if (this.isCut) client.resetAndDestroy();
  }
}

function flow([client, server]: readonly [Socket, Socket]): void {
  client.unpipe().pipe(server);
  server.unpipe().pipe(client);
}
