import type { AppendResult, Clock, JournalWriter, TurnRecord } from './ports.js';

interface Waiting<Projection> {
  readonly turn: TurnRecord<Projection>;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface CommitterLimits {
  /** Connections that commit side by side. */
  readonly commitLanes: number;
  /** Most turns of one statement; the rest follow in the next. */
  readonly turnsPerCommit: number;
  /**
   * Shortest time from one statement of a lane to its next, after one that had turns of
   * several entities. A statement costs much the same for one turn as for ten; lanes that
   * follow each other as fast as the disk allows spend the machine on statements. A turn
   * that comes alone waits for nothing.
   */
  readonly commitPaceMs: number;
}

/**
 * Group commit across entities. An entity is pinned to a lane; a lane has one
 * statement in flight, and whatever arrives meanwhile goes with the next one, which keeps
 * a pace while there is something to put together. A lane's queue is bounded by the number of resident
 * entities, for each has at most one turn under way.
 */
export class Committer<Projection> {
  private readonly lanes: { queue: Waiting<Projection>[]; busy: boolean }[];

  constructor(
    private readonly writer: JournalWriter<Projection>,
    private readonly clock: Clock,
    private readonly limits: CommitterLimits,
  ) {
    this.lanes = Array.from({ length: limits.commitLanes }, () => ({ queue: [], busy: false }));
  }

  /** Resolves once the turn's fate is known. @throws StorageUnavailable when it is not. */
  append(turn: TurnRecord<Projection>): Promise<AppendResult> {
    const lane = laneOf(turn.entityId, this.lanes.length);
    return new Promise((resolve, reject) => {
      const state = this.lanes[lane];
      if (state === undefined) throw new RangeError('a committer needs at least one lane');
      state.queue.push({ turn, resolve, reject });
      if (state.busy) return;
      state.busy = true;
      this.clock.soon(() => void this.drain(lane, state));
    });
  }

  private async drain(lane: number, state: { queue: Waiting<Projection>[]; busy: boolean }): Promise<void> {
    while (state.queue.length > 0) {
      const startedMs = this.clock.monotonic();
      const batch = state.queue.splice(0, this.limits.turnsPerCommit);
      try {
        const results = await this.writer.appendBatch(
          lane,
          batch.map(({ turn }) => turn),
        );
        for (const [index, { resolve, reject }] of batch.entries()) {
          const result = results[index];
          if (result === undefined) reject(new RangeError('the journal answered fewer turns than it was given'));
          else resolve(result);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      if (batch.length > 1) await this.pause(startedMs + this.limits.commitPaceMs - this.clock.monotonic());
    }
    state.busy = false;
  }

  private pause(forMs: number): Promise<void> {
    if (forMs <= 0) return Promise.resolve();
    return new Promise((resolve) => this.clock.after(forMs, resolve));
  }
}

/** The same lane for the same entity: its appends never overtake each other. */
function laneOf(entityId: string, lanes: number): number {
  let hash = 0;
  for (let index = 0; index < entityId.length; index += 1)
    hash = (Math.imul(hash, 31) + entityId.charCodeAt(index)) >>> 0;
  return hash % lanes;
}
