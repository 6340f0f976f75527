import { WebSocket } from 'ws';

/** One more viewer of ours, which keeps the bytes: the others are to publish the same. */
export interface Witness {
  /** The delta that was seen last. @throws Error before the first */
  latest(): Seen;
  /** The delta that brought the revision, or brings it within the time. */
  delta(revision: number, limitMs: number): Promise<Seen>;
  /** The map of now, as a new viewer is sent it. */
  snapshot(): Promise<string>;
  close(): void;
}

export interface Seen {
  readonly revision: number;
  /** When the owner began the turn, since 1970. */
  readonly epochMs: number;
  readonly text: string;
}

/** @param url of ours, with the screening */
export async function openWitness(url: string): Promise<Witness> {
  let last: Seen | undefined;
  let look: (() => void) | undefined;
  const socket = new WebSocket(url);
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null || Reflect.get(content, 'type') !== 'seat_status_update')
      return;
    const epochMs = Date.parse(String(Reflect.get(content, 'timestamp')));
    last = { revision: Number(Reflect.get(content, 'revision')), epochMs, text };
    look?.();
  });
  await opened(socket);
  return {
    latest() {
      if (last === undefined) throw new Error('nothing was sold yet');
      return last;
    },
    async delta(revision, limitMs) {
      return new Promise<Seen>((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`revision ${String(revision)} did not come`)), limitMs);
        look = () => {
          if (last?.revision !== revision) return;
          clearTimeout(limit);
          look = undefined;
          resolve(last);
        };
        look();
      });
    },
    async snapshot() {
      const visitor = new WebSocket(url);
      const first = new Promise<string>((resolve, reject) => {
        visitor.once('message', (data: Buffer) => resolve(data.toString()));
        visitor.once('error', reject);
      });
      return first.finally(() => visitor.close());
    },
    close: () => socket.close(),
  };
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    // With its first message it is in the room, and misses nothing.
    socket.once('message', () => resolve());
    socket.once('error', reject);
  });
}
