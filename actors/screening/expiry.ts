import type { ScreeningEvent } from './events.js';
import type { Hold } from './occupancy.js';
import type { ScreeningState } from './state.js';

/** Most holds one turn expires, so that a mass expiry cannot make one giant journal row; the rest follows next turn. */
export const EXPIRIES_PER_TURN = 1_000;

/** A hold is dead the moment its time passes, whether or not its expiry event was written. */
export function isExpired(hold: Hold, nowMs: number): boolean {
  return hold.expireTimeMs <= nowMs;
}

/** Expiry events for holds that are dead, earliest first: what every turn begins with. */
export function expireDueHolds(state: ScreeningState, nowMs: number): readonly ScreeningEvent[] {
  const next = state.expiries.peek();
  if (next === undefined || !isExpired(next, nowMs)) return [];
  return state.expiries.due(nowMs, EXPIRIES_PER_TURN).map(expiryOf);
}

export function expiryOf({ holdToken, seats }: Hold): ScreeningEvent {
  return { kind: 'hold-expired', holdToken, seats };
}
