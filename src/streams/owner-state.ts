import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { SeatCounts } from '../../actors/screening/seat-state.js';

/** What a screening's owner answers: the whole state if it is newer than what the asker knows. */
export interface OwnerState {
  readonly epoch: number;
  readonly revision: number;
  /** Of the turn that made the revision, ms since 1970; 0 from a node that does not say. */
  readonly timeMs: number;
  /** SeatState by layout index. */
  readonly states: Uint8Array | undefined;
  readonly counts: SeatCounts;
}

/** An answer that has everything. */
export interface WholeState extends OwnerState {
  readonly states: Uint8Array;
}

/** Whether an answer has everything about this hall. Other nodes send it: it may be anything. */
export function isWhole(state: OwnerState, { capacity }: SeatLayout): state is WholeState {
  return state.states?.length === capacity;
}

/** Whether an answer can be about this hall, with or without the states. */
export function isOfHall({ states }: OwnerState, { capacity }: SeatLayout): boolean {
  return states === undefined || states.length === capacity;
}
