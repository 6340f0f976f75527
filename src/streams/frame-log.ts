import type { SeatDelta } from './seat-stream.js';

export interface FrameLogLimits {
  /** Most deltas kept for viewers who come back. */
  readonly resumeFrames: number;
  /** Most seat changes over all of them: bounds their memory. */
  readonly resumeSeatChanges: number;
}

/** Revisions between these two (exclusive) that this node never saw. */
interface Unseen {
  readonly after: number;
  readonly before: number;
}

/**
 * The last deltas of a stream, for viewers whose connection was cut.
 *
 * Where the replica jumped, a delta has the seats that differ between the two ends of the
 * jump. A map of another node may be in the middle: a seat that changed before that and
 * changed back after it is not among them, so that no delta here mends such a map.
 */
export class FrameLog {
  private readonly frames: SeatDelta[] = [];
  private seatChanges = 0;
  private unseen: Unseen[] = [];

  constructor(private readonly limits: FrameLogLimits) {}

  add(delta: SeatDelta): void {
    this.frames.push(delta);
    this.seatChanges += delta.seats.length;
    while (this.frames.length > this.limits.resumeFrames || this.seatChanges > this.limits.resumeSeatChanges) {
      this.seatChanges -= this.frames.shift()?.seats.length ?? 0;
    }
    const oldest = this.frames[0]?.previousRevision ?? delta.revision;
    this.unseen = this.unseen.filter(({ before }) => before > oldest);
  }

  /** The replica went from one revision to another without those in between; before the delta that has it. */
  jumped(from: number, to: number): void {
    if (to - from < 2) return;
    this.unseen.push({ after: from, before: to });
    // One for each delta is plenty; beyond that the oldest two become one.
    const [first, second, ...rest] = this.unseen;
    if (first === undefined || second === undefined || this.unseen.length <= this.limits.resumeFrames) return;
    this.unseen = [{ after: first.after, before: second.before }, ...rest];
  }

  /** Whether the deltas from here on make a map at `revision` right; it may be newer than the last of them. */
  applies(revision: number): boolean {
    return !this.unseen.some(({ after, before }) => after < revision && revision < before);
  }

  /** The deltas that bring a viewer from `revision` to the newest; undefined when there are none that do. */
  since(revision: number): readonly SeatDelta[] | undefined {
    const first = this.frames.findIndex((frame) => frame.revision > revision);
    if (first === -1 || !this.applies(revision)) return undefined;
    const missed = this.frames.slice(first);
    return (missed[0]?.previousRevision ?? Infinity) <= revision ? missed : undefined;
  }
}
