import type { ScreeningEvent } from './events.js';
import { expiryOf, isExpired } from './expiry.js';
import type { Hold } from './occupancy.js';
import type { Terms } from './projection.js';
import type { Refusal, UnavailableSeat } from './refusals.js';
import { SeatState } from './seat-state.js';
import { seatState, type ScreeningState } from './state.js';

/** Why the public cannot buy now; undefined while sales are open. */
export function refuseSales(state: ScreeningState, terms: Terms, nowMs: number): Refusal | undefined {
  if (state.cancelled) return { kind: 'screening-cancelled' };
  if (nowMs < terms.salesOpenAtMs) return { kind: 'sales-not-open', opensAtMs: terms.salesOpenAtMs };
  if (nowMs >= terms.salesCloseAtMs) return { kind: 'sales-closed', closedAtMs: terms.salesCloseAtMs };
  return undefined;
}

/**
 * Whether all the seats can be taken now. `expired` are the expiry events of dead
 * holds that still sat on some of them; they must happen first.
 */
export function takeSeats(
  state: ScreeningState,
  seatIds: readonly string[],
  nowMs: number,
):
  | { readonly kind: 'free'; readonly seats: readonly number[]; readonly expired: readonly ScreeningEvent[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal } {
  const found = seatIds.map((seatId) => state.layout.indexOf(seatId));
  const unknown = seatIds.filter((_seatId, index) => found[index] === undefined);
  if (unknown.length > 0) return { kind: 'refused', refusal: { kind: 'unknown-seats', seatIds: unknown } };
  // As long as it must be and no longer: holds keep it, and an array that grew has room for 16 more.
  const seats = found as number[];
  if (seats.length > 1) seats.sort((a, b) => a - b);
  const expired = new Set<Hold>();
  const unavailable: UnavailableSeat[] = [];
  for (const seat of seats) {
    const taken = seatState(state, seat);
    if (taken === SeatState.Free) continue;
    const dead = taken === SeatState.Held ? deadHoldOn(state, seat, nowMs) : undefined;
    if (dead !== undefined) expired.add(dead);
    else unavailable.push({ seatId: state.layout.seatIds[seat] ?? '', state: taken });
  }
  if (unavailable.length > 0) return { kind: 'refused', refusal: { kind: 'seat-unavailable', seats: unavailable } };
  return { kind: 'free', seats, expired: [...expired].map(expiryOf) };
}

function deadHoldOn(state: ScreeningState, seat: number, nowMs: number): Hold | undefined {
  const token = state.occupants[seat];
  const hold = token === undefined ? undefined : state.holds.get(token);
  return hold !== undefined && isExpired(hold, nowMs) ? hold : undefined;
}
