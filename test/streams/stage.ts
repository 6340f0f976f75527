import { seatLayout } from '../../actors/screening/seat-layout.js';
import { SeatState, type SeatCounts } from '../../actors/screening/seat-state.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { OwnerState } from '../../src/streams/index.js';

/** A hall of six seats, and changes of it. */
export const layout = seatLayout(['A1', 'A2', 'A3', 'B1', 'B2', 'B3']);

export const { Free, Held, Booked } = SeatState;

/** States by seat, free where none is given. */
export function states(given: Readonly<Record<number, SeatState>> = {}): Uint8Array {
  return Uint8Array.from({ length: layout.capacity }, (_, seat) => given[seat] ?? Free);
}

export function counts(of: Uint8Array): SeatCounts {
  const inState = (wanted: SeatState): number => of.filter((state) => state === wanted).length;
  return { free: inState(Free), held: inState(Held), booked: inState(Booked), blocked: inState(SeatState.Blocked) };
}

/** When a revision was committed. */
export const timeOf = (revision: number): number => 1_000 + revision;

/** One turn that set these seats. */
export function change(revision: number, seats: Readonly<Record<number, SeatState>>): SeatMapChange {
  return {
    revision,
    timeMs: timeOf(revision),
    seats: Object.keys(seats).map(Number),
    states: Uint8Array.from(Object.values(seats)),
    counts: { free: 6, held: 0, booked: 0, blocked: 0 },
    bookingBuyers: [],
  };
}

/** What an owner answers who was asked for everything. */
export function answer(epoch: number, revision: number, given: Uint8Array): OwnerState {
  return { epoch, revision, timeMs: timeOf(revision), states: given, counts: counts(given) };
}
