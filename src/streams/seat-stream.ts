import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { SeatCounts } from '../../actors/screening/seat-state.js';

/** The committed seat map of one screening, as this node last heard of it. */
export interface SeatMapView {
  readonly screeningId: string;
  readonly layout: SeatLayout;
  readonly epoch: number;
  readonly revision: number;
  /** SeatState by layout index. A view into the replica: read it before the next await. */
  readonly states: Uint8Array;
  readonly counts: SeatCounts;
  /** The database is away, or the screening's owner does not answer; this is the last state known to be committed. */
  readonly stale: boolean;
}

/** What a viewer is sent. Frames name seats by layout index; each wire renders them once for all its viewers. */
export type SeatFrame =
  | { readonly kind: 'snapshot'; readonly view: SeatMapView }
  | SeatDelta
  | SeatProgress
  | { readonly kind: 'reset'; readonly reason: ResetReason };

/** Where the stream is, said every few seconds. */
export interface SeatProgress {
  readonly kind: 'progress';
  readonly epoch: number;
  readonly revision: number;
  /** As in SeatMapView. */
  readonly stale: boolean;
}

export type ResetReason = 'COMPACTED' | 'SLOW_READER' | 'RESUME_TOKEN_UNKNOWN';

/**
 * Changes of the revisions after `previousRevision` up to `revision`, merged per seat.
 * A viewer that this stream has brought to any revision >= previousRevision applies it
 * (and ends at `revision`); one that is older has missed something.
 */
export interface SeatDelta {
  readonly kind: 'delta';
  readonly epoch: number;
  readonly previousRevision: number;
  readonly revision: number;
  readonly seats: readonly number[];
  /** SeatState by position in `seats`. */
  readonly states: Uint8Array;
  readonly counts: SeatCounts;
  readonly timeMs: number;
}

/** The live seat map of one screening on this node, shared by all its viewers here. */
export interface SeatStream {
  readonly screeningId: string;
  /** Now. */
  view(): SeatMapView;
  /**
   * To be awaited before `opening` with the same token: a viewer who comes from another
   * node may have seen more than this one knows. Resolves once the stream is where the
   * token is, or its owner says that it never was there. At once without a token.
   * @throws ApiError DEADLINE_EXCEEDED: the viewer keeps its token and tries again
   */
  reach(resumeToken: string | undefined, deadlineMs: number): Promise<void>;
  /**
   * What a viewer is sent first: a snapshot; or, with the token it had, the deltas it
   * missed, or a reset and a snapshot when they are gone. Call it and `onFrame` without
   * an await between them, and nothing is missed.
   */
  opening(resumeToken: string | undefined): readonly SeatFrame[];
  /** Deltas (merged, at the configured frame rate) and progress from now on, until the returned function is called. */
  onFrame(receive: (frame: SeatFrame) => void): () => void;
  /** Opaque; names the screening, epoch and revision. Works on any node. */
  resumeToken(at: { readonly epoch: number; readonly revision: number }): string;
  /** Every open() must be matched by one release(); idempotent per handle. */
  release(): void;
}

export interface SeatStreams {
  /**
   * Joins the screening's stream, starting its replica if this is its first viewer here.
   * @throws ApiError NOT_FOUND SCREENING_NOT_FOUND; UNAVAILABLE; RESOURCE_EXHAUSTED when
   *   the node streams as many screenings as it may.
   */
  open(screeningId: string, deadlineMs: number): Promise<SeatStream>;
}
