import type { ScreeningAnswer } from './answers.js';
import type {
  BookSeats,
  CancelBooking,
  CancelScreening,
  ConfirmHold,
  DecisionContext,
  ExtendHold,
  GetHold,
  HoldSeats,
  ReleaseHold,
  ScreeningCommand,
  UpdateScreening,
} from './commands.js';
import type { Origin, ScreeningEvent } from './events.js';
import { originOfRequest, sameBody } from './fingerprint.js';
import { findHold, liveSeatsOfBuyer } from './hold-access.js';
import type { Terms } from './projection.js';
import type { Refusal } from './refusals.js';
import type { AnsweredRequest } from './request-log.js';
import { requestBody } from './request-body.js';
import { refuseSales, takeSeats } from './seat-choice.js';
import type { ScreeningState } from './state.js';
import { seatsOfBuyer } from './state.js';
import { problemWithTerms, updatedTerms } from './terms.js';
import { answerOf, holdView } from './views.js';

/** Limits of the node, beside those of the screening's terms. */
export interface ScreeningRules {
  /** Most seats of one staff sale. */
  readonly staffSeatsPerRequest: number;
  /** Most answered requests a screening remembers; see RequestLog. */
  readonly rememberedRequests: number;
}

/**
 * - `answer`: nothing happens; this is the answer.
 * - `events`: this happens; once the events have been applied, `answerRecorded`
 *   finds the answer.
 */
export type Decision =
  | { readonly kind: 'answer'; readonly answer: ScreeningAnswer }
  | { readonly kind: 'events'; readonly events: readonly ScreeningEvent[] };

/**
 * What a command does to a screening. Pure: reads the state, changes nothing.
 * All or nothing; a refusal names everything that stood in the way.
 */
export function decide(state: ScreeningState, command: ScreeningCommand, context: DecisionContext, rules: ScreeningRules): Decision {
  switch (command.kind) {
    case 'get-hold':
      return getHold(state, command, context);
    case 'get-seat-states':
      return answer({
        kind: 'seat-states',
        seatStates: {
          revision: state.revision,
          states: command.knownRevision === state.revision ? undefined : state.seats.slice(),
          counts: { ...state.counts },
        },
      });
    default: {
      const origin = originOfRequest(command.requestId, requestBody(command));
      const earlier = state.requests.find(command.buyerId, command.requestId);
      if (earlier !== undefined) return repeat(state, earlier, origin);
      if (state.requests.isFull(rules.rememberedRequests, context.nowMs)) return refuse({ kind: 'request-log-full' });
      if (state.terms === undefined) throw new RangeError('a screening without terms was asked to decide');
      return mutate(state, state.terms, command, origin, context, rules);
    }
  }
}

/** The answer of a mutation whose events have been applied. @throws RangeError before that. */
export function answerRecorded(state: ScreeningState, command: { readonly buyerId: string; readonly requestId: string }): ScreeningAnswer {
  const recorded = state.requests.newest;
  if (recorded?.origin.requestId !== command.requestId || recorded.buyerId !== command.buyerId) throw new RangeError('a mutation left no answer');
  return answerOf(state.layout, recorded);
}

type Mutation = Exclude<ScreeningCommand, { readonly kind: 'get-hold' | 'get-seat-states' }>;

function mutate(
  state: ScreeningState,
  terms: Terms,
  command: Mutation,
  origin: Origin,
  context: DecisionContext,
  rules: ScreeningRules,
): Decision {
  switch (command.kind) {
    case 'hold-seats':
      return holdSeats(state, terms, command, origin, context);
    case 'extend-hold':
      return extendHold(state, terms, command, origin, context);
    case 'release-hold':
      return releaseHold(state, command, origin, context);
    case 'confirm-hold':
      return confirmHold(state, command, origin, context);
    case 'book-seats':
      return bookSeats(state, command, origin, context, rules);
    case 'cancel-booking':
      return cancelBooking(state, command, origin);
    case 'update-screening':
      return updateScreening(state, terms, command, origin);
    case 'cancel-screening':
      return cancelScreening(state, command, origin);
  }
}

function holdSeats(state: ScreeningState, terms: Terms, command: HoldSeats, origin: Origin, context: DecisionContext): Decision {
  const closed = refuseSales(state, terms, context.nowMs) ?? staleRevision(state, command.revision);
  if (closed !== undefined) return refuse(closed);
  const requested = command.seatIds.length;
  if (requested > terms.maxSeatsPerRequest) return refuse({ kind: 'too-many-seats', limit: terms.maxSeatsPerRequest, requested });
  const ttlMs = command.ttlMs ?? terms.holdTtlMs;
  if (ttlMs > terms.holdLifetimeMaxMs) return refuse({ kind: 'ttl-too-long', limitMs: terms.holdLifetimeMaxMs });
  const choice = takeSeats(state, command.seatIds, context.nowMs);
  if (choice.kind === 'refused') return refuse(choice.refusal);
  const { held, booked } = seatsOfBuyer(state, command.buyerId);
  const limit = terms.maxSeatsPerBuyer;
  if (held + booked + requested > limit) {
    const taken = liveSeatsOfBuyer(state, command.buyerId, context.nowMs);
    if (taken + requested > limit) return refuse({ kind: 'buyer-limit', limit, taken, requested });
  }
  if (command.validateOnly) {
    return answer({
      kind: 'held',
      hold: holdView(state.layout, {
        holdToken: '',
        buyerId: command.buyerId,
        seats: choice.seats,
        createTimeMs: context.nowMs,
        expireTimeMs: context.nowMs + ttlMs,
        maxExpireTimeMs: context.nowMs + terms.holdLifetimeMaxMs,
      }),
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

function extendHold(state: ScreeningState, terms: Terms, command: ExtendHold, origin: Origin, context: DecisionContext): Decision {
  const closed = refuseSales(state, terms, context.nowMs);
  if (closed !== undefined) return refuse(closed);
  const found = findHold(state, command, context.nowMs);
  if (found.kind === 'refused') return refuse(found.refusal);
  const ttlMs = command.ttlMs ?? terms.holdTtlMs;
  if (ttlMs > terms.holdLifetimeMaxMs) return refuse({ kind: 'ttl-too-long', limitMs: terms.holdLifetimeMaxMs });
  const until = Math.min(Math.max(found.hold.expireTimeMs, context.nowMs + ttlMs), found.hold.maxExpireTimeMs);
  return happen([{ kind: 'hold-extended', origin, holdToken: command.holdToken, expireAfterMs: until - context.nowMs }]);
}

function releaseHold(state: ScreeningState, command: ReleaseHold, origin: Origin, context: DecisionContext): Decision {
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
function confirmHold(state: ScreeningState, command: ConfirmHold, origin: Origin, context: DecisionContext): Decision {
  if (state.cancelled) return refuse({ kind: 'screening-cancelled' });
  const found = findHold(state, command, context.nowMs);
  if (found.kind === 'refused') return refuse(found.refusal);
  return happen([
    { kind: 'hold-confirmed', origin, holdToken: command.holdToken, bookingId: context.freshToken, seats: found.hold.seats },
  ]);
}

function bookSeats(state: ScreeningState, command: BookSeats, origin: Origin, context: DecisionContext, rules: ScreeningRules): Decision {
  const stale = staleRevision(state, command.revision);
  if (state.cancelled) return refuse({ kind: 'screening-cancelled' });
  if (stale !== undefined) return refuse(stale);
  const requested = command.seatIds.length;
  if (requested > rules.staffSeatsPerRequest) return refuse({ kind: 'too-many-seats', limit: rules.staffSeatsPerRequest, requested });
  const choice = takeSeats(state, command.seatIds, context.nowMs);
  if (choice.kind === 'refused') return refuse(choice.refusal);
  if (command.validateOnly) {
    return answer({
      kind: 'booked',
      booking: {
        bookingId: '',
        buyerId: command.buyerId,
        seatIds: choice.seats.map((seat) => state.layout.seatIds[seat] ?? ''),
        createTimeMs: context.nowMs,
        updateTimeMs: context.nowMs,
      },
      revision: state.revision,
    });
  }
  return happen([
    ...choice.expired,
    { kind: 'seats-booked', origin, bookingId: context.freshToken, buyerId: command.buyerId, seats: choice.seats },
  ]);
}

function cancelBooking(state: ScreeningState, command: CancelBooking, origin: Origin): Decision {
  const booking = state.bookings.get(command.bookingId);
  if (booking === undefined) {
    return refuse({ kind: 'booking-not-found', cancelled: state.ended.find(command.bookingId)?.how === 'cancelled' });
  }
  if (booking.buyerId !== command.buyerId) return refuse({ kind: 'booking-buyer-mismatch' });
  const part = partOf(state, booking.seats, command.seatIds);
  if (part.strangers.length > 0) return refuse({ kind: 'seats-not-in-booking', seatIds: part.strangers });
  return happen([{ kind: 'booking-cancelled', origin, bookingId: command.bookingId, seats: part.seats }]);
}

function updateScreening(state: ScreeningState, terms: Terms, command: UpdateScreening, origin: Origin): Decision {
  if (state.cancelled) return refuse({ kind: 'screening-cancelled' });
  const stale = staleRevision(state, command.revision);
  if (stale !== undefined) return refuse(stale);
  const updated = updatedTerms(terms, command.terms);
  const problem = problemWithTerms(updated);
  if (problem !== undefined) return refuse({ kind: 'invalid-terms', ...problem });
  return happen([{ kind: 'screening-updated', origin, terms: updated }]);
}

function cancelScreening(state: ScreeningState, command: CancelScreening, origin: Origin): Decision {
  if (state.cancelled) return refuse({ kind: 'screening-cancelled' });
  const stale = staleRevision(state, command.revision);
  if (stale !== undefined) return refuse(stale);
  const released: ScreeningEvent[] = [...state.holds.values()].map((hold) => ({
    kind: 'hold-released',
    origin: undefined,
    holdToken: hold.holdToken,
    seats: hold.seats,
  }));
  return happen([...released, { kind: 'screening-cancelled', origin }]);
}

function getHold(state: ScreeningState, command: GetHold, context: DecisionContext): Decision {
  const found = findHold(state, command, context.nowMs);
  if (found.kind === 'refused') return refuse(found.refusal);
  return answer({ kind: 'hold', hold: holdView(state.layout, found.hold) });
}

function repeat(state: ScreeningState, earlier: AnsweredRequest, origin: Origin): Decision {
  if (!sameBody(earlier.origin, origin)) return refuse({ kind: 'request-id-reused' });
  return answer(answerOf(state.layout, earlier));
}

function staleRevision(state: ScreeningState, revision: number | undefined): Refusal | undefined {
  if (revision === undefined || revision === state.revision) return undefined;
  return { kind: 'stale-revision', revision: state.revision };
}

/** The named seats of `seats` in plan order (all of them when none is named), and names that are not among them. */
function partOf(
  state: ScreeningState,
  seats: readonly number[],
  seatIds: readonly string[],
): { readonly seats: readonly number[]; readonly strangers: readonly string[] } {
  if (seatIds.length === 0) return { seats, strangers: [] };
  const named = new Map(seatIds.map((seatId) => [seatId, state.layout.indexOf(seatId)]));
  const strangers = seatIds.filter((seatId) => {
    const seat = named.get(seatId);
    return seat === undefined || !seats.includes(seat);
  });
  const wanted = new Set(named.values());
  return { seats: seats.filter((seat) => wanted.has(seat)), strangers };
}

function refuse(refusal: Refusal): Decision {
  return { kind: 'answer', answer: { kind: 'refused', refusal } };
}

function answer(given: ScreeningAnswer): Decision {
  return { kind: 'answer', answer: given };
}

function happen(events: readonly ScreeningEvent[]): Decision {
  return { kind: 'events', events };
}
