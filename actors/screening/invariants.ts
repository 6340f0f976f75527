import { SeatState } from './seat-state.js';
import type { ScreeningState } from './state.js';

/** The program has a bug and must not go on with this state. */
class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken';
}

/** Cheap enough for every turn in production: seats neither appear nor vanish. */
export function assertCounts(state: ScreeningState): void {
  const { free, held, booked, blocked } = state.counts;
  if (free < 0 || held < 0 || booked < 0 || blocked < 0 || free + held + booked + blocked !== state.layout.capacity) {
    throw new InvariantBroken(
      `free ${String(free)} + held ${String(held)} + booked ${String(booked)} + blocked ${String(blocked)} is not ${String(state.layout.capacity)}`,
    );
  }
}

/** Reads every seat: after a recovery, and in tests. A seat has one owner and its owner knows it. */
export function assertConsistent(state: ScreeningState): void {
  assertCounts(state);
  const owners = new Map<number, string>();
  const claim = (seat: number, owner: string, expected: SeatState): void => {
    if (owners.has(seat)) throw new InvariantBroken(`seat ${String(seat)} has two owners`);
    if (state.seats[seat] !== expected || state.occupants[seat] !== owner)
      throw new InvariantBroken(`seat ${String(seat)} does not know its owner`);
    owners.set(seat, owner);
  };
  for (const hold of state.holds.values()) for (const seat of hold.seats) claim(seat, hold.holdToken, SeatState.Held);
  for (const booking of state.bookings.values())
    for (const seat of booking.seats) claim(seat, booking.bookingId, SeatState.Booked);
  if (owners.size !== state.counts.held + state.counts.booked)
    throw new InvariantBroken('an occupied seat has no owner');
}
