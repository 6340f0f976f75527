import type { Ending } from './ended-log.js';
import type { EventPosition, Origin, ScreeningEvent, SeatsHeld } from './events.js';
import { Hold, type Booking } from './occupancy.js';
import type { RequestOutcome } from './request-log.js';
import { SeatState } from './seat-state.js';
import { countBuyer, type ScreeningState } from './state.js';

/** The journal says something that cannot have happened: it is corrupt, or the code that wrote it was. */
export class ImpossibleEvent extends Error {
  override readonly name = 'ImpossibleEvent';
}

/**
 * Applies one event to the state, in place. Deterministic: the same events at the
 * same positions give the same state byte for byte.
 * @throws ImpossibleEvent when the event contradicts the state; the state is then
 *   half changed and must be thrown away.
 */
export function evolve(state: ScreeningState, event: ScreeningEvent, at: EventPosition): void {
  if (at.revision !== state.revision && at.revision !== state.revision + 1) {
    throw new ImpossibleEvent(`revision ${String(at.revision)} after ${String(state.revision)}`);
  }
  if (at.timeMs < state.timeMs) throw new ImpossibleEvent('time went back');
  state.revision = at.revision;
  state.timeMs = at.timeMs;
  switch (event.kind) {
    case 'screening-created':
      if (state.terms !== undefined) throw new ImpossibleEvent('created twice');
      state.terms = event.terms;
      state.createTimeMs = at.timeMs;
      for (const seat of event.blockedSeats) setSeat(state, seat, SeatState.Free, SeatState.Blocked, undefined);
      return;
    case 'screening-updated':
      state.terms = event.terms;
      remember(state, '', event.origin, at, { kind: 'screening-updated', terms: event.terms });
      return;
    case 'screening-cancelled':
      if (state.terms === undefined) throw new ImpossibleEvent('cancelled before it was created');
      state.cancelled = true;
      remember(state, '', event.origin, at, { kind: 'screening-cancelled', terms: state.terms });
      return;
    case 'seats-held':
      hold(state, event, at);
      return;
    case 'hold-extended': {
      const extended = liveHold(state, event.holdToken).until(at.timeMs + event.expireAfterMs);
      state.holds.set(extended.holdToken, extended);
      state.expiries.add(extended);
      remember(state, extended.buyerId, event.origin, at, { kind: 'extended', hold: extended });
      return;
    }
    case 'hold-released': {
      const before = liveHold(state, event.holdToken);
      const left = releaseHeldSeats(state, before, event.seats, 'released', at);
      if (event.origin !== undefined) {
        remember(state, before.buyerId, event.origin, at, { kind: 'released', hold: left, released: event.seats });
      }
      return;
    }
    case 'hold-expired': {
      const expired = liveHold(state, event.holdToken);
      releaseHeldSeats(state, expired, expired.seats, 'expired', at);
      return;
    }
    case 'hold-confirmed': {
      const confirmed = liveHold(state, event.holdToken);
      if (confirmed.expireTimeMs <= at.timeMs) throw new ImpossibleEvent('dead hold confirmed');
      end(state, confirmed.holdToken, confirmed, 'confirmed', at);
      state.holds.delete(confirmed.holdToken);
      countBuyer(state, confirmed.buyerId, -confirmed.seats.length);
      const booking = {
        bookingId: event.bookingId,
        buyerId: confirmed.buyerId,
        seats: confirmed.seats,
        createTimeMs: at.timeMs,
      };
      book(state, booking, SeatState.Held);
      remember(state, confirmed.buyerId, event.origin, at, { kind: 'booked', booking });
      return;
    }
    case 'seats-booked': {
      const booking = {
        bookingId: event.bookingId,
        buyerId: event.buyerId,
        seats: event.seats,
        createTimeMs: at.timeMs,
      };
      book(state, booking, SeatState.Free);
      remember(state, event.buyerId, event.origin, at, { kind: 'booked', booking });
      return;
    }
    case 'booking-cancelled': {
      const before = state.bookings.get(event.bookingId);
      if (before === undefined) throw new ImpossibleEvent('unknown booking cancelled');
      const left = { ...before, seats: without(before.seats, event.seats) };
      mustOwn(state, event.bookingId, event.seats);
      for (const seat of event.seats) setSeat(state, seat, SeatState.Booked, SeatState.Free, undefined);
      countBuyer(state, before.buyerId, -event.seats.length);
      if (left.seats.length > 0) state.bookings.set(left.bookingId, left);
      else {
        state.bookings.delete(left.bookingId);
        end(state, left.bookingId, before, 'cancelled', at);
      }
      remember(state, before.buyerId, event.origin, at, {
        kind: 'booking-cancelled',
        booking: left,
        cancelled: event.seats,
      });
      return;
    }
  }
}

/** What is left of `seats` without `gone`, in the same order. */
function without(seats: readonly number[], gone: readonly number[]): readonly number[] {
  return seats.filter((seat) => !gone.includes(seat));
}

function hold(state: ScreeningState, event: SeatsHeld, at: EventPosition): void {
  const { holdToken, buyerId, seats, origin, expireAfterMs, maxExpireAfterMs } = event;
  const taken = new Hold(holdToken, buyerId, seats, origin, at, expireAfterMs, maxExpireAfterMs);
  if (state.holds.has(taken.holdToken)) throw new ImpossibleEvent('hold token used twice');
  for (const seat of taken.seats) setSeat(state, seat, SeatState.Free, SeatState.Held, taken.holdToken);
  state.holds.set(taken.holdToken, taken);
  state.expiries.add(taken);
  countBuyer(state, taken.buyerId, taken.seats.length);
  state.requests.add(taken);
}

function releaseHeldSeats(
  state: ScreeningState,
  before: Hold,
  seats: readonly number[],
  how: Ending,
  at: EventPosition,
): Hold | undefined {
  mustOwn(state, before.holdToken, seats);
  for (const seat of seats) setSeat(state, seat, SeatState.Held, SeatState.Free, undefined);
  countBuyer(state, before.buyerId, -seats.length);
  const left = without(before.seats, seats);
  if (left.length > 0) {
    const remaining = before.of(left);
    state.holds.set(remaining.holdToken, remaining);
    return remaining;
  }
  state.holds.delete(before.holdToken);
  end(state, before.holdToken, before, how, at);
  return undefined;
}

function book(state: ScreeningState, booking: Booking, from: SeatState): void {
  if (state.bookings.has(booking.bookingId)) throw new ImpossibleEvent('booking id used twice');
  for (const seat of booking.seats) setSeat(state, seat, from, SeatState.Booked, booking.bookingId);
  state.bookings.set(booking.bookingId, booking);
  countBuyer(state, booking.buyerId, booking.seats.length);
}

/** A hold or booking gives back nothing but its own. */
function mustOwn(state: ScreeningState, owner: string, seats: readonly number[]): void {
  for (const seat of seats) {
    if (state.occupants[seat] !== owner)
      throw new ImpossibleEvent(`seat ${String(seat)} given back by another than its owner`);
  }
}

function setSeat(
  state: ScreeningState,
  seat: number,
  from: SeatState,
  to: SeatState,
  occupant: string | undefined,
): void {
  if (state.seats[seat] !== from) {
    throw new ImpossibleEvent(`seat ${String(seat)} is ${String(state.seats[seat])}, not ${String(from)}`);
  }
  state.seats[seat] = to;
  state.occupants[seat] = occupant;
  state.counts[countOf[from]] -= 1;
  state.counts[countOf[to]] += 1;
}

const countOf = { 1: 'free', 2: 'held', 3: 'booked', 4: 'blocked' } as const;

function liveHold(state: ScreeningState, holdToken: string): Hold {
  const found = state.holds.get(holdToken);
  if (found === undefined) throw new ImpossibleEvent('event of an unknown hold');
  return found;
}

function end(
  state: ScreeningState,
  id: string,
  { buyerId, seats }: { readonly buyerId: string; readonly seats: readonly number[] },
  how: Ending,
  at: EventPosition,
): void {
  state.ended.add({ id, buyerId, seats, how, timeMs: at.timeMs });
}

function remember(
  state: ScreeningState,
  buyerId: string,
  origin: Origin,
  at: EventPosition,
  outcome: RequestOutcome,
): void {
  state.requests.add({
    buyerId,
    requestId: origin.requestId,
    fingerprintHigh: origin.fingerprintHigh,
    fingerprintLow: origin.fingerprintLow,
    at,
    outcome,
  });
}
