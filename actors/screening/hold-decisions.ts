import type { ConfirmHold, DecisionContext, ExtendHold, GetHold, HoldSeats, ReleaseHold } from './commands.js';
import { answer, happen, partOf, refuse, staleRevision, type Decision } from './decision.js';
import type { Origin } from './events.js';
import { findHold, liveSeatsOfBuyer } from './hold-access.js';
import { Hold } from './occupancy.js';
import type { Terms } from './projection.js';
import { refuseSales, takeSeats } from './seat-choice.js';
import { seatsOfBuyer, type ScreeningState } from './state.js';
import { holdView } from './views.js';

export function holdSeats(
  state: ScreeningState,
  terms: Terms,
  command: HoldSeats,
  origin: Origin,
  context: DecisionContext,
): Decision {
  const closed = refuseSales(state, terms, context.nowMs) ?? staleRevision(state, command.revision);
  if (closed !== undefined) return refuse(closed);
  const requested = command.seatIds.length;
  if (requested > terms.maxSeatsPerRequest)
    return refuse({ kind: 'too-many-seats', limit: terms.maxSeatsPerRequest, requested });
  const ttlMs = command.ttlMs ?? terms.holdTtlMs;
  if (ttlMs > terms.holdLifetimeMaxMs) return refuse({ kind: 'ttl-too-long', limitMs: terms.holdLifetimeMaxMs });
  const choice = takeSeats(state, command.seatIds, context.nowMs);
  if (choice.kind === 'refused') return refuse(choice.refusal);
  const limit = terms.maxSeatsPerBuyer;
  if (seatsOfBuyer(state, command.buyerId) + requested > limit) {
    const taken = liveSeatsOfBuyer(state, command.buyerId, context.nowMs);
    if (taken + requested > limit) return refuse({ kind: 'buyer-limit', limit, taken, requested });
  }
  if (command.validateOnly) {
    const nowhere = { revision: state.revision, timeMs: context.nowMs };
    return answer({
      kind: 'held',
      hold: holdView(
        state.layout,
        new Hold('', command.buyerId, choice.seats, origin, nowhere, ttlMs, terms.holdLifetimeMaxMs),
      ),
      revision: state.revision,
    });
  }
  return happen([
    ...choice.expired,
    {
      kind: 'seats-held',
      origin,
      holdToken: context.freshToken,
      buyerId: command.buyerId,
      seats: choice.seats,
      expireAfterMs: ttlMs,
      maxExpireAfterMs: terms.holdLifetimeMaxMs,
    },
  ]);
}

export function extendHold(
  state: ScreeningState,
  terms: Terms,
  command: ExtendHold,
  origin: Origin,
  context: DecisionContext,
): Decision {
  const closed = refuseSales(state, terms, context.nowMs);
  if (closed !== undefined) return refuse(closed);
  const found = findHold(state, command, context.nowMs);
  if (found.kind === 'refused') return refuse(found.refusal);
  const ttlMs = command.ttlMs ?? terms.holdTtlMs;
  if (ttlMs > terms.holdLifetimeMaxMs) return refuse({ kind: 'ttl-too-long', limitMs: terms.holdLifetimeMaxMs });
  const until = Math.min(Math.max(found.hold.expireTimeMs, context.nowMs + ttlMs), found.hold.maxExpireTimeMs);
  return happen([
    { kind: 'hold-extended', origin, holdToken: command.holdToken, expireAfterMs: until - context.nowMs },
  ]);
}

export function releaseHold(
  state: ScreeningState,
  command: ReleaseHold,
  origin: Origin,
  context: DecisionContext,
): Decision {
  const found = findHold(state, command, context.nowMs);
  if (found.kind === 'refused') return refuse(found.refusal);
  const part = partOf(state, found.hold.seats, command.seatIds);
  if (part.strangers.length > 0) return refuse({ kind: 'seats-not-in-hold', seatIds: part.strangers });
  return happen([{ kind: 'hold-released', origin, holdToken: command.holdToken, seats: part.seats }]);
}

/**
 * A hold taken while sales were open may be confirmed after they closed: the buyer
 * was promised the time. Only a cancelled screening ends that.
 */
export function confirmHold(
  state: ScreeningState,
  command: ConfirmHold,
  origin: Origin,
  context: DecisionContext,
): Decision {
  if (state.cancelled) return refuse({ kind: 'screening-cancelled' });
  const found = findHold(state, command, context.nowMs);
  if (found.kind === 'refused') return refuse(found.refusal);
  return happen([
    {
      kind: 'hold-confirmed',
      origin,
      holdToken: command.holdToken,
      bookingId: context.freshToken,
      seats: found.hold.seats,
    },
  ]);
}

export function getHold(state: ScreeningState, command: GetHold, context: DecisionContext): Decision {
  const found = findHold(state, command, context.nowMs);
  if (found.kind === 'refused') return refuse(found.refusal);
  return answer({ kind: 'hold', hold: holdView(state.layout, found.hold) });
}
