import { lanes, type Envelope, type Lane } from './envelope.js';

/**
 * Commands waiting for their turn: FIFO within three priority lanes, bounded over all
 * of them. A full mailbox refuses; it never drops what it took.
 */
export class Mailbox<Command, Answer> {
  private readonly queues: Record<Lane, Fifo<Envelope<Command, Answer>>> = {
    finish: new Fifo(),
    staff: new Fifo(),
    public: new Fifo(),
  };
  private waiting = 0;

  /** @param limit most commands waiting at once: bounds memory, and how long the last one can wait. */
  constructor(private readonly limit: number) {}

  get size(): number {
    return this.waiting;
  }

  depth(lane: Lane): number {
    return this.queues[lane].size;
  }

  /** False when full: the caller must refuse the command by name. */
  offer(envelope: Envelope<Command, Answer>): boolean {
    if (this.waiting >= this.limit) return false;
    this.queues[envelope.lane].push(envelope);
    this.waiting += 1;
    return true;
  }

  /** Takes up to `most` commands, highest lane first. */
  take(most: number): Envelope<Command, Answer>[] {
    let taken: Envelope<Command, Answer>[] = [];
    for (const lane of lanes) {
      const queue = this.queues[lane];
      if (taken.length === 0 && queue.size <= most) taken = queue.takeAll();
      while (taken.length < most) {
        const envelope = queue.shift();
        if (envelope === undefined) break;
        taken.push(envelope);
      }
    }
    this.waiting -= taken.length;
    return taken;
  }
}

/**
 * Array with a moving head: shift() of a long array is linear in V8. The first item makes an
 * array of its own size: one that grew has room for 16 more, and most have one.
 */
class Fifo<Item> {
  private items: Item[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: Item): void {
    if (this.items.length === 0) this.items = [item];
    else this.items.push(item);
  }

  takeAll(): Item[] {
    const all = this.head === 0 ? this.items : this.items.slice(this.head);
    this.items = [];
    this.head = 0;
    return all;
  }

  shift(): Item | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head += 1;
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}
