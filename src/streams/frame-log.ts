import type { SeatDelta } from './seat-stream.js';

export interface FrameLogLimits {
  /** Most deltas kept for viewers who come back. */
  readonly resumeFrames: number;
  /** Most seat changes over all of them: bounds their memory. */
  readonly resumeSeatChanges: number;
}

/** The last deltas of a stream, for viewers whose connection was cut. */
export class FrameLog {
  private readonly frames: SeatDelta[] = [];
  private seatChanges = 0;

  constructor(private readonly limits: FrameLogLimits) {}

  add(delta: SeatDelta): void {
    this.frames.push(delta);
    this.seatChanges += delta.seats.length;
    while (this.frames.length > this.limits.resumeFrames || this.seatChanges > this.limits.resumeSeatChanges) {
      this.seatChanges -= this.frames.shift()?.seats.length ?? 0;
    }
  }

  /** The deltas that bring a viewer from `revision` to the newest; undefined when some are gone. */
  since(revision: number): readonly SeatDelta[] | undefined {
    const first = this.frames.findIndex((frame) => frame.revision > revision);
    if (first === -1) return undefined;
    const missed = this.frames.slice(first);
    return (missed[0]?.previousRevision ?? Infinity) <= revision ? missed : undefined;
  }
}
