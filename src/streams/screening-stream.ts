import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { Clock, OwnerNotice, Timer } from '../runtime/index.js';
import { FrameLog, type FrameLogLimits } from './frame-log.js';
import { decodeResumeToken } from './resume-token.js';
import type { SeatMapReplica } from './seat-map-replica.js';
import type { ResetReason, SeatDelta, SeatFrame, SeatMapView } from './seat-stream.js';

export interface StreamLimits extends FrameLogLimits {
  /** Least time between two deltas of a screening; changes in between are merged per seat. */
  readonly frameIntervalMs: number;
  /** How often viewers are told where the stream is. */
  readonly progressIntervalMs: number;
}

/** What the owner answers a replica: the whole state if it is newer than what the replica knows. */
export interface OwnerState {
  readonly epoch: number;
  readonly revision: number;
  readonly states: Uint8Array | undefined;
  readonly counts: SeatMapView['counts'];
}

/**
 * One screening's stream on this node: the replica, the frames made from it and the
 * viewers' listeners. Cost grows with frames times viewers, not bookings times viewers.
 */
export class ScreeningStream {
  private readonly listeners = new Set<(frame: SeatFrame) => void>();
  private readonly log: FrameLog;
  /** Seats changed since the last frame. */
  private readonly pending = new Set<number>();
  /** Revision of the last frame; the replica may be ahead by what is pending. */
  private framedRevision: number;
  private frameTimer: Timer | undefined;
  private progressTimer: Timer | undefined;
  private lastFrameAtMs = Number.NEGATIVE_INFINITY;
  private catchingUp = false;
  /** Changes are missing that the answer under way may not have. */
  private behind = false;
  private closed = false;

  constructor(
    readonly screeningId: string,
    readonly replica: SeatMapReplica,
    private readonly askOwner: (knownRevision: number) => Promise<OwnerState>,
    private readonly isStale: () => boolean,
    private readonly clock: Clock,
    private readonly limits: StreamLimits,
  ) {
    this.log = new FrameLog(limits);
    this.framedRevision = replica.revision;
    this.armProgress();
  }

  view(): SeatMapView {
    const { layout, epoch, revision, states, counts } = this.replica;
    return { screeningId: this.screeningId, layout, epoch, revision, states, counts, stale: this.isStale() };
  }

  opening(resumeToken: string | undefined): readonly SeatFrame[] {
    const snapshot: SeatFrame = { kind: 'snapshot', view: this.view() };
    if (resumeToken === undefined) return [snapshot];
    const at = decodeResumeToken(resumeToken);
    if (at?.screeningId !== this.screeningId || at.revision > this.replica.revision)
      return [reset('RESUME_TOKEN_UNKNOWN'), snapshot];
    // What is pending comes with the next frame, which applies to any revision since the last.
    if (at.revision >= this.framedRevision) return [this.progress(at.revision)];
    return this.log.since(at.revision) ?? [reset('COMPACTED'), snapshot];
  }

  onFrame(receive: (frame: SeatFrame) => void): () => void {
    this.listeners.add(receive);
    return () => {
      this.listeners.delete(receive);
    };
  }

  /** A notice from the bus. */
  notice({ epoch, revision, change }: OwnerNotice<SeatMapChange>): void {
    if (change === undefined) {
      if (epoch >= this.replica.epoch && revision > this.replica.revision) this.missed();
      return;
    }
    const applied = this.replica.apply(epoch, change);
    if (applied === 'gap') this.missed();
    else if (applied !== 'old') this.changed(applied);
  }

  close(): void {
    this.closed = true;
    this.frameTimer?.cancel();
    this.progressTimer?.cancel();
    this.listeners.clear();
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

  /** Something was missed, or may have been. What is told while the owner is asked may be missed too, so it is asked once more then. */
  missed(): void {
    this.behind = true;
    this.catchUp();
  }

  /** Asks the owner; what differs goes out as one delta. */
  private catchUp(): void {
    if (this.catchingUp || this.closed) return;
    this.catchingUp = true;
    this.behind = false;
    this.askOwner(this.replica.revision).then(
      (state) => {
        this.catchingUp = false;
        if (this.closed) return;
        if (state.states === undefined) this.replica.confirm(state.epoch);
        else this.changed(this.replica.replace(state.epoch, state.revision, state.states, state.counts));
        if (this.behind) this.catchUp();
      },
      () => {
        // The owner is away: the next progress tick asks again, and viewers are told it is stale meanwhile.
        this.catchingUp = false;
        this.behind = true;
      },
    );
  }

  /** Tells viewers where the stream is, and makes sure it is where the owner is. */
  private armProgress(): void {
    this.progressTimer = this.clock.after(this.limits.progressIntervalMs, () => {
      if (this.closed) return;
      if (this.listeners.size > 0 || this.behind) this.catchUp();
      if (this.listeners.size > 0) this.emit(this.progress(this.framedRevision));
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
