import type { Entity, EntityTurn } from '../../src/runtime/index.js';

/**
 * The smallest entity: a sum. Numbers are added, `peek` reads, `no` is refused,
 * `boom` is a bug; the sum acts by itself at `wakeAtMs` by adding 1,000.
 */
export type TallyCommand = number | 'peek' | 'no' | 'boom' | { readonly wakeAtMs: number };
export type TallyAnswer = { readonly kind: 'sum'; readonly sum: number } | { readonly kind: 'refused' };

export class Tally implements Entity<TallyCommand, TallyAnswer, number, never> {
  revision = 0;
  wakeAtMs: number | null = null;
  weight = 0;
  sum = 0;
  recoveredTimes = 0;
  private added: number[] = [];

  beginTurn(nowMs: number): void {
    if (this.wakeAtMs !== null && this.wakeAtMs <= nowMs) {
      this.wakeAtMs = null;
      this.add(1_000);
    }
  }

  handle(command: TallyCommand): TallyAnswer {
    if (command === 'boom') throw new TypeError('a bug');
    if (command === 'no') return { kind: 'refused' };
    if (typeof command === 'object') {
      this.wakeAtMs = command.wakeAtMs;
      this.add(0);
    } else if (command !== 'peek') this.add(command);
    return { kind: 'sum', sum: this.sum };
  }

  endTurn(): EntityTurn<number, never> | undefined {
    const events = this.added.splice(0);
    if (events.length === 0) return undefined;
    this.revision += 1;
    return {
      revision: this.revision,
      events: bytes(events),
      eventCount: events.length,
      projection: undefined,
      change: this.sum,
    };
  }

  snapshot(): Iterable<Uint8Array> {
    return [bytes([this.sum]), bytes([this.revision])];
  }

  restore(snapshot: Uint8Array): void {
    const [sum, revision] = numbers(snapshot);
    if (sum === undefined || revision === undefined) throw new Error('not a snapshot');
    this.sum = sum;
    this.revision = revision;
  }

  replay(revision: number, events: Uint8Array): void {
    for (const number of numbers(events)) this.sum += number;
    this.revision = revision;
  }

  recovered(): void {
    this.recoveredTimes += 1;
  }

  private add(number: number): void {
    this.sum += number;
    this.added.push(number);
  }
}

export const bytes = (values: readonly number[]): Uint8Array => new TextEncoder().encode(JSON.stringify(values));
const numbers = (data: Uint8Array): number[] => JSON.parse(new TextDecoder().decode(data)) as number[];
