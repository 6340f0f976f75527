import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { Clock, OwnerNotice, Timer } from '../runtime/index.js';
import { CatchUp, type CatchUpLimits } from './catch-up.js';
import { FrameLog, type FrameLogLimits } from './frame-log.js';
import type { OwnerState } from './owner-state.js';
import { decodeResumeToken } from './resume-token.js';
import type { SeatMapReplica } from './seat-map-replica.js';
import type { ResetReason, SeatDelta, SeatFrame, SeatMapView } from './seat-stream.js';

export interface StreamLimits extends FrameLogLimits, CatchUpLimits {
  /** Least time between two deltas of a screening; changes in between are merged per seat. */
  readonly frameIntervalMs: number;
  /** How often viewers are told where the stream is. */
  readonly progressIntervalMs: number;
}

/**
 * One screening's stream on this node: the replica, the frames made from it and the
 * viewers' listeners. Cost grows with frames times viewers, not bookings times viewers.
 * What a viewer is sent never goes back in epoch or revision.
 */
export class ScreeningStream {
  private readonly listeners = new Set<(frame: SeatFrame) => void>();
  private readonly log: FrameLog;
  private readonly catchUp: CatchUp;
  /** Seats changed since the last frame. */
  private readonly pending = new Set<number>();
  /** Revision of the last frame; the replica may be ahead by what is pending. */
  private framedRevision: number;
  private frameTimer: Timer | undefined;
  private progressTimer: Timer | undefined;
  private lastFrameAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly screeningId: string,
    readonly replica: SeatMapReplica,
    askOwner: (knownRevision: number) => Promise<OwnerState>,
    private readonly isStorageAway: () => boolean,
    private readonly clock: Clock,
    private readonly limits: StreamLimits,
  ) {
    this.log = new FrameLog(limits);
    this.framedRevision = replica.revision;
    const isWatched = (): boolean => this.listeners.size > 0;
    const jumped = (seats: readonly number[], fromRevision: number): void => {
      this.log.jumped(fromRevision, replica.revision);
      this.changed(seats);
    };
    this.catchUp = new CatchUp(replica, { askOwner, clock, isWatched, jumped }, limits);
    this.armProgress();
  }

  view(): SeatMapView {
    const { layout, epoch, revision, states, counts } = this.replica;
    return { screeningId: this.screeningId, layout, epoch, revision, states, counts, stale: this.isStale() };
  }

  /** The replica was where its owner is within the last progressIntervalMs. */
  get isCurrent(): boolean {
    return this.catchUp.isCurrent;
  }

  /** See SeatStream.reach. False when the deadline passed. */
  reach(resumeToken: string | undefined, deadlineMs: number): Promise<boolean> {
    const at = resumeToken === undefined ? undefined : decodeResumeToken(resumeToken);
    return at?.screeningId === this.screeningId ? this.catchUp.reach(at, deadlineMs) : Promise.resolve(true);
  }

  opening(resumeToken: string | undefined): readonly SeatFrame[] {
    const snapshot: SeatFrame = { kind: 'snapshot', view: this.view() };
    if (resumeToken === undefined) return [snapshot];
    const at = decodeResumeToken(resumeToken);
    if (at?.screeningId !== this.screeningId || at.revision > this.replica.revision)
      return [reset('RESUME_TOKEN_UNKNOWN'), snapshot];
    // What is pending comes with the next frame, which applies to any revision since the last.
    if (at.revision >= this.framedRevision && this.log.applies(at.revision)) return [this.progress(at.revision)];
    return this.log.since(at.revision) ?? [reset('COMPACTED'), snapshot];
  }

  onFrame(receive: (frame: SeatFrame) => void): () => void {
    this.listeners.add(receive);
    return () => {
      this.listeners.delete(receive);
    };
  }

  /** A notice from the bus: in any order, twice, or never. */
  notice({ epoch, revision, change }: OwnerNotice<SeatMapChange>): void {
    const outcome = change === undefined ? this.replica.heard(epoch, revision) : this.replica.apply(epoch, change);
    if (typeof outcome === 'object') this.changed(outcome);
    this.catchUp.told(revision, outcome === 'gap' || outcome === 'old' ? outcome : 'followed');
  }

  /** Something was missed, or may have been. */
  missed(): void {
    this.catchUp.missed();
  }

  close(): void {
    this.catchUp.close();
    this.frameTimer?.cancel();
    this.progressTimer?.cancel();
    this.listeners.clear();
  }

  private isStale(): boolean {
    return this.isStorageAway() || this.catchUp.isLate;
  }

  private changed(seats: readonly number[]): void {
    for (const seat of seats) this.pending.add(seat);
    if (this.frameTimer !== undefined) return;
    const waitMs = this.lastFrameAtMs + this.limits.frameIntervalMs - this.clock.monotonic();
    if (waitMs <= 0) this.emitDelta();
    else
      this.frameTimer = this.clock.after(waitMs, () => {
        this.frameTimer = undefined;
        this.emitDelta();
      });
  }

  private emitDelta(): void {
    if (this.replica.revision === this.framedRevision) return;
    const seats = [...this.pending].sort((a, b) => a - b);
    this.pending.clear();
    const delta: SeatDelta = {
      kind: 'delta',
      epoch: this.replica.epoch,
      previousRevision: this.framedRevision,
      revision: this.replica.revision,
      seats,
      states: Uint8Array.from(seats, (seat) => this.replica.states[seat] ?? 0),
      counts: this.replica.counts,
      timeMs: this.replica.timeMs,
    };
    this.framedRevision = delta.revision;
    this.lastFrameAtMs = this.clock.monotonic();
    this.log.add(delta);
    this.emit(delta);
  }

  private emit(frame: SeatFrame): void {
    for (const receive of this.listeners) receive(frame);
  }

  /** Tells viewers where the stream is, and makes sure it is where the owner is. */
  private armProgress(): void {
    this.progressTimer = this.clock.after(this.limits.progressIntervalMs, () => {
      this.catchUp.tick();
      // While changes are pending the stream is behind what a new viewer was shown; the next frame says where it is.
      const isFramed = this.framedRevision === this.replica.revision;
      if (isFramed && this.listeners.size > 0) this.emit(this.progress(this.framedRevision));
      this.armProgress();
    });
  }

  private progress(revision: number): SeatFrame {
    return { kind: 'progress', epoch: this.replica.epoch, revision, stale: this.isStale() };
  }
}

function reset(reason: ResetReason): SeatFrame {
  return { kind: 'reset', reason };
}
