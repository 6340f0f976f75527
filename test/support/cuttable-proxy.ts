import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Flow } from './flow.js';

/** Both ways between a client and the server. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly requests: Flow;
  readonly replies: Flow;
}

/** What happens to connections, those there are and those to come. */
interface Weather {
  readonly requests: 'pass' | 'hold' | 'lose';
  readonly replies: 'pass' | 'hold' | 'lose';
  readonly isCut: boolean;
  readonly delayMs: number;
}

const FAIR: Weather = { requests: 'pass', replies: 'pass', isCut: false, delayMs: 0 };

/** A TCP connection to a server on this machine that can be cut, WebSockets and all, go silent, lose what it carries, or be slow. */
export class CuttableProxy {
  private readonly pairs = new Set<Pair>();
  private weather = FAIR;

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
    const target = Number(new URL(targetUrl).port);
    server.on('connection', (client) => {
      proxy.join(client, connect(target, '127.0.0.1'));
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Open connections that lost something. */
  get losses(): number {
    return [...this.pairs].filter(({ requests, replies }) => requests.hasLost || replies.hasLost).length;
  }

  /** Ends every connection without a goodbye and refuses new ones until mend(). */
  cut(): void {
    this.become({ ...FAIR, isCut: true });
    this.reset();
  }

  /**
   * Passes nothing on until mend(), and takes new connections, as if the server were
   * frozen, or the network dropped packets that are sent again later.
   */
  freeze(): void {
    this.become({ ...FAIR, requests: 'hold', replies: 'hold' });
  }

  /** Passes nothing of what the server says on until mend(). */
  freezeReplies(): void {
    this.become({ ...FAIR, replies: 'hold' });
  }

  /**
   * A black hole: takes connections and bytes, and passes none of them on. What it
   * swallowed is lost; connections that lost something end at mend().
   */
  swallow(way: 'both' | 'requests' | 'replies'): void {
    this.become({
      ...FAIR,
      requests: way === 'replies' ? 'pass' : 'lose',
      replies: way === 'requests' ? 'pass' : 'lose',
    });
  }

  /** Passes everything on this much later, in order, until mend(). */
  delay(delayMs: number): void {
    this.become({ ...FAIR, delayMs });
  }

  mend(): void {
    for (const { client, requests, replies } of this.pairs) {
      if (requests.hasLost || replies.hasLost) client.resetAndDestroy();
    }
    this.become(FAIR);
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private become(weather: Weather): void {
    this.weather = weather;
    for (const pair of this.pairs) this.expose(pair);
  }

  private expose({ requests, replies }: Pair): void {
    requests.become(this.weather.requests, this.weather.delayMs);
    replies.become(this.weather.replies, this.weather.delayMs);
  }

  private reset(): void {
    for (const { client, server } of this.pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  private join(client: Socket, server: Socket): void {
    const pair = { client, server, requests: new Flow(client, server), replies: new Flow(server, client) };
    this.pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
    this.expose(pair);
    if (this.weather.isCut) client.resetAndDestroy();
  }
}
