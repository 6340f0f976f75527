import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { SeatCounts } from '../../actors/screening/seat-state.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';

/**
 * A copy of a screening's committed seat map, fed by its owner's changes in the order
 * of (epoch, revision). Pure: it says when it missed something, and someone else asks.
 */
export class SeatMapReplica {
  epoch = 0;
  revision = 0;
  timeMs = 0;
  counts: SeatCounts;
  readonly states: Uint8Array;

  constructor(readonly layout: SeatLayout) {
    this.states = new Uint8Array(layout.capacity);
    this.counts = { free: 0, held: 0, booked: 0, blocked: 0 };
  }

  /**
   * Takes one change and answers the seats it set. `old`: known already, nothing done.
   * `gap`: changes before it are missing; nothing done, catch up with `replace`.
   */
  apply(epoch: number, change: SeatMapChange): readonly number[] | 'old' | 'gap' {
    if (epoch < this.epoch || change.revision <= this.revision) return 'old';
    if (change.revision !== this.revision + 1) return 'gap';
    change.seats.forEach((seat, index) => {
      this.states[seat] = change.states[index] ?? 0;
    });
    this.epoch = epoch;
    this.revision = change.revision;
    this.timeMs = change.timeMs;
    this.counts = change.counts;
    return change.seats;
  }

  /** Jumps to a newer whole state and answers the seats that differ; nothing for one that is not newer. */
  replace(epoch: number, revision: number, states: Uint8Array, counts: SeatCounts): readonly number[] {
    if (epoch < this.epoch || revision <= this.revision) return [];
    const changed: number[] = [];
    states.forEach((state, seat) => {
      if (this.states[seat] !== state) changed.push(seat);
    });
    this.states.set(states);
    this.epoch = epoch;
    this.revision = revision;
    this.counts = counts;
    return changed;
  }

  /** The owner is still at this revision, under this epoch. */
  confirm(epoch: number): void {
    if (epoch > this.epoch) this.epoch = epoch;
  }
}
