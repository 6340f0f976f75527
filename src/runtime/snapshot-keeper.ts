import type { Clock, Snapshots } from './ports.js';
import type { RuntimeProbe } from './probe.js';

export interface SnapshotLimits {
  /** No snapshot before this many events, or a tenth of them after `snapshotIntervalMs`. */
  readonly snapshotMinEvents: number;
  /** An entity that has changed a good deal is snapshotted after this long even when fewer events came. */
  readonly snapshotIntervalMs: number;
}

interface Snapshottable {
  readonly revision: number;
  readonly weight: number;
  snapshot(): Iterable<Uint8Array>;
}

/**
 * A snapshot that is due by time alone has this share of `snapshotMinEvents` to save at least.
 * Of many screenings that sell a seat now and then each sale would cost a snapshot, and
 * a tail of a hundred turns is read as fast as one of one.
 */
const LATE_SHARE = 0.1;

/** How far the tail grows before the state is written again, in sizes of the state. */
const TAIL_PER_WEIGHT = 2;

/**
 * Decides when an entity is snapshotted, off the commit path. The tail grows to twice
 * the size of the state before the state is written again, so snapshots cost a constant
 * share of the work however large the hall, and recovery never reads more than about
 * three times the state.
 */
export class SnapshotKeeper {
  private eventsSince: number;
  private savedRevision: number;
  private lastAtMs: number;
  private saving: Promise<unknown> | undefined;

  /**
   * @param savedRevision revision of the newest stored snapshot, 0 for none.
   * @param turnsSince turns that have come after it: an entity that moves again and again must not grow an endless tail.
   */
  constructor(
    private readonly entityId: string,
    private readonly epoch: number,
    savedRevision: number,
    private readonly snapshots: Snapshots,
    private readonly clock: Clock,
    private readonly probe: RuntimeProbe,
    private readonly limits: SnapshotLimits,
    turnsSince = 0,
  ) {
    this.savedRevision = savedRevision;
    // A turn has an event at least.
    this.eventsSince = turnsSince;
    this.lastAtMs = clock.monotonic();
  }

  /** Call between turns, when the state is committed. `onFenced`: another owner has the entity. */
  afterTurn(entity: Snapshottable, events: number, onFenced: () => void): void {
    this.eventsSince += events;
    if (this.saving !== undefined) return;
    const enough = this.eventsSince >= Math.max(this.limits.snapshotMinEvents, TAIL_PER_WEIGHT * entity.weight);
    const late =
      this.clock.monotonic() - this.lastAtMs >= this.limits.snapshotIntervalMs &&
      this.eventsSince >= this.limits.snapshotMinEvents * LATE_SHARE &&
      this.eventsSince * 4 >= entity.weight;
    if (enough || late) this.saving = this.save(entity, onFenced).finally(() => (this.saving = undefined));
  }

  /**
   * The last one before the entity leaves memory; does nothing when nothing changed. False when
   * it could not be stored; that another owner has the entity is no reason to store it.
   */
  async takeFinal(entity: Snapshottable): Promise<boolean> {
    await this.saving;
    return entity.revision <= this.savedRevision || this.save(entity, () => undefined);
  }

  /** False when the store did not take it. */
  private async save(entity: Snapshottable, onFenced: () => void): Promise<boolean> {
    const startedMs = this.clock.monotonic();
    const revision = entity.revision;
    const parts = entity.snapshot();
    this.eventsSince = 0;
    this.lastAtMs = startedMs;
    try {
      const written: Uint8Array[] = [];
      for (const part of parts) {
        written.push(part);
        // Commands are served between the parts.
        await this.nextTick();
      }
      const state = Buffer.concat(written);
      if (!(await this.snapshots.save(this.entityId, this.epoch, { revision, state }))) {
        onFenced();
        return true;
      }
      this.savedRevision = revision;
      this.probe.snapshotTaken(this.entityId, state.length, this.clock.monotonic() - startedMs);
      return true;
    } catch (error) {
      // The journal has everything; a missing snapshot only makes recovery longer.
      this.probe.snapshotFailed(this.entityId, error);
      return false;
    }
  }

  private nextTick(): Promise<void> {
    return new Promise((resolve) => {
      this.clock.soon(resolve);
    });
  }
}
