import { isExpired } from './expiry.js';
import type { Hold } from './occupancy.js';
import type { Refusal } from './refusals.js';
import { seatIdAt } from './seat-layout.js';
import { SeatState } from './seat-state.js';
import { seatsOfBuyer, type ScreeningState } from './state.js';

/**
 * The live hold behind a token, for the buyer it is bound to; or why there is none.
 * A wrong buyer learns that the token is not theirs and nothing else.
 */
export function findHold(
  state: ScreeningState,
  wanted: { readonly holdToken: string; readonly buyerId: string },
  nowMs: number,
): { readonly kind: 'found'; readonly hold: Hold } | { readonly kind: 'refused'; readonly refusal: Refusal } {
  const hold = state.holds.get(wanted.holdToken);
  if (hold === undefined) return { kind: 'refused', refusal: refusalOfEnded(state, wanted) };
  if (hold.buyerId !== wanted.buyerId) return { kind: 'refused', refusal: { kind: 'hold-token-mismatch' } };
  if (isExpired(hold, nowMs)) return { kind: 'refused', refusal: expired(state, hold.seats, wanted.holdToken) };
  return { kind: 'found', hold };
}

/**
 * Seats the buyer has held and booked, without holds that are dead but still wait for
 * their expiry event. Looks at every hold: ask only when the plain count is too high.
 */
export function liveSeatsOfBuyer(state: ScreeningState, buyerId: string, nowMs: number): number {
  let live = seatsOfBuyer(state, buyerId);
  const next = state.expiries.peek();
  if (next === undefined || !isExpired(next, nowMs)) return live;
  for (const hold of state.holds.values()) {
    if (hold.buyerId === buyerId && isExpired(hold, nowMs)) live -= hold.seats.length;
  }
  return live;
}

function refusalOfEnded(
  state: ScreeningState,
  wanted: { readonly holdToken: string; readonly buyerId: string },
): Refusal {
  const ended = state.ended.find(wanted.holdToken);
  if (ended === undefined || ended.how === 'cancelled') return { kind: 'hold-not-found', ended: undefined };
  if (ended.buyerId !== wanted.buyerId) return { kind: 'hold-token-mismatch' };
  if (ended.how === 'expired') return expired(state, ended.seats, wanted.holdToken);
  return { kind: 'hold-not-found', ended: ended.how };
}

function expired(state: ScreeningState, seats: readonly number[], holdToken: string): Refusal {
  const free = seats.filter((seat) => state.seats[seat] === SeatState.Free || state.occupants[seat] === holdToken);
  return { kind: 'hold-expired', freeSeatIds: free.map((seat) => seatIdAt(state.layout, seat)) };
}
