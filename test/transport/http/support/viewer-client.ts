import { json } from 'node:stream/consumers';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from '../../../support/eventually.js';

/** A frame as it came; tests look at the fields they are about. */
export type AnyFrame = Readonly<Record<string, unknown>>;

/** A real WebSocket that keeps every frame it gets. */
export class ViewerClient {
  readonly frames: AnyFrame[] = [];
  closeCode: number | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.frames.push(parse(data.toString())));
    socket.on('close', (code) => (this.closeCode = code));
    socket.on('error', () => undefined);
  }

  static async open(
    url: string,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ViewerClient> {
    const socket = new WebSocket(socketUrl(url, query), { headers });
    const client = new ViewerClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** The next frame that is not looked at yet. */
  async frame(index: number): Promise<AnyFrame> {
    await eventually(`frame ${String(index)}`, () => this.frames.length > index);
    return this.frames[index] ?? {};
  }

  async closed(): Promise<number> {
    await eventually('the socket to be closed', () => this.closeCode !== undefined);
    return this.closeCode ?? 0;
  }

  /** Drops the connection without a goodbye. */
  drop(): void {
    this.socket.terminate();
  }
}

/** The HTTP status with which an upgrade was refused. */
export async function refusedUpgrade(
  url: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  return (await refusalOfUpgrade(url, query, headers)).status;
}

/** The answer with which an upgrade was refused. */
export async function refusalOfUpgrade(
  url: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const socket = new WebSocket(socketUrl(url, query), { headers });
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => {
      json(response)
        .then((body) => {
          resolve({ status: response.statusCode ?? 0, body });
        }, reject)
        .finally(() => {
          socket.on('error', () => undefined);
          socket.terminate();
        });
    });
    socket.on('open', () => reject(new Error('the upgrade was not refused')));
  });
}

function socketUrl(url: string, query: Readonly<Record<string, string>>): string {
  return `${url.replace('http', 'ws')}/ws?${new URLSearchParams(query).toString()}`;
}

function parse(text: string): AnyFrame {
  const frame: unknown = JSON.parse(text);
  return typeof frame === 'object' && frame !== null ? Object.fromEntries(Object.entries(frame)) : {};
}
