import type { Counts, Frame, SeatMapAnswer, SeatState, SeatStatus } from './api-types.js';

/** What a frame did to the map. `gap`: something is missing, begin anew. */
export type Applied =
  | { readonly kind: 'changed'; readonly seatIds: readonly string[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'gap' };

const nothing: Applied = { kind: 'nothing' };

/** The states of a screening's seats as last heard. */
export class SeatMap {
  private readonly taken = new Map<string, SeatState>();
  private epoch: number;
  private revision: number;
  counts: Counts;
  stale: boolean;

  constructor(answer: SeatMapAnswer) {
    this.epoch = answer.epoch;
    this.revision = answer.revision;
    this.counts = answer.counts;
    this.stale = answer.stale;
    for (const seat of answer.seats) this.set(seat);
  }

  stateOf(seatId: string): SeatState {
    return this.taken.get(seatId) ?? 'FREE';
  }

  apply(frame: Frame): Applied {
    switch (frame.type) {
      case 'snapshot':
        return this.replace(frame);
      case 'seat_status_update':
        if (frame.previous_revision > this.revision) return { kind: 'gap' };
        // Seen already, or sent by an owner that has been replaced since.
        if (frame.revision <= this.revision || frame.epoch < this.epoch) return nothing;
        this.moveTo(frame);
        this.stale = false;
        for (const change of frame.changes) this.set(change);
        return { kind: 'changed', seatIds: frame.changes.map(({ seat_id: seatId }) => seatId) };
      case 'progress':
        this.stale = frame.stale;
        return frame.revision > this.revision ? { kind: 'gap' } : nothing;
      case 'reset':
      case 'error':
        return nothing;
    }
  }

  private replace(snapshot: Extract<Frame, { type: 'snapshot' }>): Applied {
    this.stale = snapshot.stale;
    // Whatever it was before: only what this stream sends now makes this map right.
    const before = new Map(this.taken);
    this.taken.clear();
    for (const seat of snapshot.seats) this.set(seat);
    this.moveTo(snapshot);
    const seatIds = new Set([...before.keys(), ...this.taken.keys()]);
    return { kind: 'changed', seatIds: [...seatIds].filter((id) => before.get(id) !== this.taken.get(id)) };
  }

  private moveTo({ epoch, revision, counts }: { epoch: number; revision: number; counts: Counts }): void {
    this.epoch = epoch;
    this.revision = revision;
    this.counts = counts;
  }

  private set({ seat_id: seatId, state }: SeatStatus): void {
    if (state === 'FREE') this.taken.delete(seatId);
    else this.taken.set(seatId, state);
  }
}
