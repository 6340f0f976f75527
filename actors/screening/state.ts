import { EndedLog } from './ended-log.js';
import { ExpiryQueue } from './expiry-queue.js';
import type { Booking, Hold } from './occupancy.js';
import type { Terms } from './projection.js';
import { RequestLog } from './request-log.js';
import type { SeatLayout } from './seat-layout.js';
import { SeatState, type SeatCounts } from './seat-state.js';
import { TextMap } from './text-map.js';

/**
 * Everything a screening knows. Only `evolve` (and the codec, when it restores a
 * snapshot) changes it, in place: a hall of 200,000 seats cannot be copied for every
 * command, and a state whose turn was not committed is thrown away whole.
 */
export interface ScreeningState {
  readonly layout: SeatLayout;
  /** Undefined until the screening was created. */
  terms: Terms | undefined;
  cancelled: boolean;
  createTimeMs: number;
  /** Of the last change; the next turn is revision + 1. */
  revision: number;
  /** Of the last change; time never goes back. */
  timeMs: number;
  /** SeatState by seat. */
  readonly seats: Uint8Array;
  /** Hold token or booking id by seat; undefined for a free or blocked one. */
  readonly occupants: (string | undefined)[];
  readonly counts: SeatCounts;
  readonly holds: TextMap<Hold>;
  readonly bookings: TextMap<Booking>;
  /** Seats held and booked by buyer; buyers without seats are left out. */
  readonly buyers: TextMap<number>;
  readonly requests: RequestLog;
  readonly ended: EndedLog;
  readonly expiries: ExpiryQueue;
}

/** @param seed of its TextMaps; decides nothing that anybody sees */
export function initialState(layout: SeatLayout, seed: number): ScreeningState {
  const holds = new TextMap<Hold>(seed);
  return {
    layout,
    terms: undefined,
    cancelled: false,
    createTimeMs: 0,
    revision: 0,
    timeMs: 0,
    seats: new Uint8Array(layout.capacity).fill(SeatState.Free),
    occupants: new Array<string | undefined>(layout.capacity).fill(undefined),
    counts: { free: layout.capacity, held: 0, booked: 0, blocked: 0 },
    holds,
    bookings: new TextMap(seed),
    buyers: new TextMap(seed),
    requests: new RequestLog(seed),
    ended: new EndedLog(),
    expiries: new ExpiryQueue(holds),
  };
}

export function seatState(state: ScreeningState, seat: number): SeatState {
  const value = state.seats[seat];
  switch (value) {
    case SeatState.Free:
    case SeatState.Held:
    case SeatState.Booked:
    case SeatState.Blocked:
      return value;
    default:
      throw new RangeError(`seat ${String(seat)} is outside the layout or corrupt (${String(value)})`);
  }
}

/** Held and booked, with holds that are dead and still wait for their expiry event. */
export function seatsOfBuyer(state: ScreeningState, buyerId: string): number {
  return state.buyers.get(buyerId) ?? 0;
}

/** @param change what came, or with a minus what went */
export function countBuyer(state: ScreeningState, buyerId: string, change: number): void {
  const seats = seatsOfBuyer(state, buyerId) + change;
  if (seats === 0) state.buyers.delete(buyerId);
  else state.buyers.set(buyerId, seats);
}

/** When the screening next has to act without being asked; undefined for never. */
export function nextExpiryMs(state: ScreeningState): number | undefined {
  return state.expiries.peek()?.expireTimeMs;
}
