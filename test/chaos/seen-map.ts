import type { Sight } from './journal-audit.js';
import { takenText } from './journals.js';

/** A frame of either wire. Seats and the names of their states. */
export type SeenFrame =
  | { readonly kind: 'snapshot'; readonly epoch: number; readonly revision: number; readonly seats: Seats }
  | {
      readonly kind: 'delta';
      readonly epoch: number;
      readonly previousRevision: number;
      readonly revision: number;
      readonly changes: Seats;
    }
  | { readonly kind: 'progress'; readonly epoch: number; readonly revision: number }
  | { readonly kind: 'reset' };

type Seats = readonly (readonly [seatId: string, state: string])[];

/**
 * What a viewer has on its screen, kept by the rule of the API: a snapshot, then deltas
 * without a gap, on whatever node it goes on with its token.
 */
export class SeenMap {
  /** Every map that was on the screen. */
  readonly sights: Sight[] = [];
  /** Frames that broke the rule. */
  readonly problems: string[] = [];
  /** To go on with elsewhere; empty before the first frame. */
  resumeToken = '';
  revision = 0;
  private epoch = 0;
  private readonly seats = new Map<string, string>();
  private needsSnapshot = true;

  constructor(
    readonly viewer: string,
    readonly screeningId: string,
  ) {}

  /** Call when a new connection begins with `resumeToken`. */
  connected(): void {
    this.needsSnapshot = this.resumeToken === '';
  }

  /** @param via the node it came from */
  see(frame: SeenFrame, resumeToken: string, via: string): void {
    const problem = this.apply(frame);
    if (problem !== undefined) {
      const { viewer, screeningId, revision } = this;
      this.problems.push(`${viewer} at r${String(revision)} of ${screeningId}, via ${via}: ${problem}`);
    }
    if (resumeToken !== '') this.resumeToken = resumeToken;
    if (frame.kind !== 'snapshot' && frame.kind !== 'delta') return;
    const { viewer, screeningId, revision, epoch } = this;
    this.sights.push({ viewer, screeningId, revision, epoch, taken: takenText(this.seats) });
  }

  /** What is wrong with the frame. */
  private apply(frame: SeenFrame): string | undefined {
    switch (frame.kind) {
      case 'reset':
        this.needsSnapshot = true;
        return undefined;
      case 'snapshot': {
        const problem = this.needsSnapshot ? undefined : 'a snapshot nobody asked for';
        this.seats.clear();
        this.needsSnapshot = false;
        return this.put(frame, frame.seats) ?? problem;
      }
      case 'delta':
        if (this.needsSnapshot) return 'a delta before the snapshot';
        if (frame.previousRevision > this.revision) return `a delta from r${String(frame.previousRevision)}: a gap`;
        return this.put(frame, frame.changes);
      case 'progress':
        if (this.needsSnapshot) return 'progress before the snapshot';
        return frame.revision > this.revision ? `progress says r${String(frame.revision)}` : undefined;
    }
  }

  private put(at: { readonly epoch: number; readonly revision: number }, seats: Seats): string | undefined {
    const goesBack = at.revision < this.revision || at.epoch < this.epoch;
    const before = `r${String(this.revision)} of epoch ${String(this.epoch)}`;
    const problem = goesBack
      ? `taken back to r${String(at.revision)} of epoch ${String(at.epoch)} from ${before}`
      : undefined;
    for (const [seatId, state] of seats) {
      if (state === 'FREE') this.seats.delete(seatId);
      else this.seats.set(seatId, state);
    }
    this.revision = at.revision;
    this.epoch = at.epoch;
    return problem;
  }
}
