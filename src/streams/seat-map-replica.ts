import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { SeatCounts } from '../../actors/screening/seat-state.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { OwnerState } from './owner-state.js';

/**
 * A copy of a screening's committed seat map, fed by its owner's changes in the order
 * of (epoch, revision). Neither ever goes back. Pure: it says when it missed something,
 * and someone else asks.
 */
export class SeatMapReplica {
  epoch = 0;
  revision = 0;
  /** Of the turn that made the revision, ms since 1970. */
  timeMs = 0;
  counts: SeatCounts;
  readonly states: Uint8Array;
  /** Newest epoch heard of. The state's own is older until the replica is where that owner is. */
  ownerEpoch = 0;

  constructor(readonly layout: SeatLayout) {
    this.states = new Uint8Array(layout.capacity);
    this.counts = { free: 0, held: 0, booked: 0, blocked: 0 };
  }

  /**
   * Where an owner says it is. `old`: known already, or said by a former owner; `same`:
   * the replica is there too, and under this epoch now; `gap`: changes are missing.
   */
  heard(epoch: number, revision: number): 'old' | 'same' | 'gap' {
    if (epoch < this.ownerEpoch || revision < this.revision) return 'old';
    this.ownerEpoch = epoch;
    // Not before the replica is where the new owner began: epoch and revision together say what a viewer has seen.
    if (revision > this.revision) return 'gap';
    this.epoch = epoch;
    return 'same';
  }

  /**
   * Takes one change and answers the seats it set. `old`: nothing done. `gap`: changes
   * before it are missing, or it is of another hall; nothing done, catch up with `replace`.
   */
  apply(epoch: number, change: SeatMapChange): readonly number[] | 'old' | 'gap' {
    if (this.heard(epoch, change.revision) !== 'gap') return 'old';
    if (change.revision !== this.revision + 1 || !this.isOfThisHall(change)) return 'gap';
    change.seats.forEach((seat, index) => {
      this.states[seat] = change.states[index] ?? 0;
    });
    this.epoch = epoch;
    this.revision = change.revision;
    this.timeMs = change.timeMs;
    this.counts = change.counts;
    return change.seats;
  }

  /** Jumps to what an owner answered and gives the seats that differ; none when it is not newer. */
  replace({ epoch, revision, timeMs, states, counts }: OwnerState): readonly number[] {
    if (this.heard(epoch, revision) !== 'gap' || states === undefined) return [];
    const changed: number[] = [];
    states.forEach((state, seat) => {
      if (this.states[seat] !== state) changed.push(seat);
    });
    this.states.set(states);
    this.epoch = epoch;
    this.revision = revision;
    this.timeMs = Math.max(this.timeMs, timeMs);
    this.counts = counts;
    return changed;
  }

  private isOfThisHall({ seats, states }: SeatMapChange): boolean {
    return seats.length === states.length && seats.every((seat) => seat < this.layout.capacity);
  }
}
