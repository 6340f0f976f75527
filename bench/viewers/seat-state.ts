import { createHash } from 'node:crypto';

/** What a snapshot or a delta says of a screening; of a seat that is not named nothing changes. */
export interface Change {
  readonly epoch: number;
  readonly revision: number;
  /** State by seat id. */
  readonly seats: ReadonlyMap<string, string>;
}

/** Changes of the revisions after `previousRevision`. */
export interface Delta extends Change {
  readonly previousRevision: number;
}

/**
 * The seat map a viewer has been brought to. It never changes: a delta makes another.
 * Viewers who were sent the same share one, so that each of many thousands keeps a map
 * of its own at the price of a reference, and a map is followed once per process.
 */
export class SeatState {
  private last: { readonly delta: Delta; readonly state: SeatState | undefined } | undefined;

  private constructor(
    readonly epoch: number,
    readonly revision: number,
    private readonly seats: ReadonlyMap<string, string>,
    readonly digest: string,
    private readonly pool: Map<string, SeatState>,
  ) {}

  /** @param pool the states of this process, to find those that are the same */
  static of({ epoch, revision, seats }: Change, pool: Map<string, SeatState>): SeatState {
    const digest = digestOf(seats);
    const key = `${String(epoch)}:${String(revision)}:${digest}`;
    const known = pool.get(key);
    if (known !== undefined) return known;
    const state = new SeatState(epoch, revision, seats, digest, pool);
    pool.set(key, state);
    return state;
  }

  /** Undefined when the delta does not follow what is here: something was missed. */
  after(delta: Delta): SeatState | undefined {
    if (this.last?.delta !== delta) this.last = { delta, state: this.follow(delta) };
    return this.last.state;
  }

  private follow(delta: Delta): SeatState | undefined {
    const follows =
      delta.epoch >= this.epoch && delta.previousRevision <= this.revision && this.revision < delta.revision;
    if (!follows) return undefined;
    return SeatState.of({ ...delta, seats: new Map([...this.seats, ...delta.seats]) }, this.pool);
  }
}

/** Of the seats that are not free, whatever the order they were told in. */
export function digestOf(seats: ReadonlyMap<string, string>): string {
  const taken = [...seats].filter(([, state]) => state !== FREE).map(([seat, state]) => `${seat}=${state}`);
  return createHash('sha256').update(taken.sort().join()).digest('base64url');
}

const FREE = 'FREE';
