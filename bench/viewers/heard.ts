import type { Protocol } from './messages.js';
import type { Change, Delta } from './seat-state.js';

/** What a message of the server means to a viewer. */
export type Heard =
  | { readonly kind: 'snapshot'; readonly change: Change }
  | { readonly kind: 'delta'; readonly delta: Delta }
  | { readonly kind: 'progress'; readonly revision: number }
  /** To be answered, as Socket.IO wants it. */
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'nothing' }
  /** A reset, an error: nothing that a viewer who keeps up should be told. */
  | { readonly kind: 'wrong'; readonly text: string };

const CACHED_MAX = 1_000;

/** Understands messages; the same text is read once, however many viewers are sent it. */
export class Ear {
  private readonly known = new Map<string, Heard>();

  constructor(private readonly protocol: Protocol) {}

  hear(text: string): Heard {
    // Snapshots of one map differ in the time of their sending only.
    const key = text.replace(/"timestamp":"[^"]*"/, '');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const heard = this.protocol === 'plain' ? readMessage(text) : readPacket(text);
    if (this.known.size >= CACHED_MAX) this.known.clear();
    this.known.set(key, heard);
    return heard;
  }
}

/** Engine.IO 4 and Socket.IO 5, by their first characters. */
function readPacket(text: string): Heard {
  if (text.startsWith('0')) return { kind: 'answer', text: '40' };
  if (text === '2') return { kind: 'answer', text: '3' };
  if (text.startsWith('40')) return { kind: 'nothing' };
  if (!text.startsWith('42')) return { kind: 'wrong', text };
  const event: unknown = JSON.parse(text.slice(2));
  return Array.isArray(event) ? readContent(event[1], text) : { kind: 'wrong', text };
}

const readMessage = (text: string): Heard => readContent(JSON.parse(text), text);

function readContent(content: unknown, text: string): Heard {
  if (typeof content !== 'object' || content === null) return { kind: 'wrong', text };
  const field = (name: string): unknown => Reflect.get(content, name);
  const revision = numberOf(field('revision'));
  const epoch = numberOf(field('epoch'));
  switch (field('type')) {
    case 'snapshot':
      return { kind: 'snapshot', change: { epoch, revision, seats: seatsOf(field('seats')) } };
    case 'seat_status_update': {
      const previousRevision = numberOf(field('previous_revision'));
      return { kind: 'delta', delta: { epoch, revision, previousRevision, seats: seatsOf(field('changes')) } };
    }
    case 'progress':
      return { kind: 'progress', revision };
    default:
      return { kind: 'wrong', text };
  }
}

function numberOf(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${String(value)} where a whole number should be`);
  return Number(value);
}

function seatsOf(value: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(value)) throw new TypeError('no list where seats should be');
  return new Map(
    value.map((seat: unknown) => {
      if (typeof seat !== 'object' || seat === null) throw new TypeError('no seat where one should be');
      return [String(Reflect.get(seat, 'seat_id')), String(Reflect.get(seat, 'state'))] as const;
    }),
  );
}
