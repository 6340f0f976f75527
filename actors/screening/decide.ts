import type { ScreeningAnswer } from './answers.js';
import { bookSeats, cancelBooking } from './booking-decisions.js';
import type { DecisionContext, GetSeatStates, ScreeningCommand } from './commands.js';
import { answer, refuse, type Decision, type ScreeningRules } from './decision.js';
import type { Origin } from './events.js';
import { originOfRequest, sameBody } from './fingerprint.js';
import { confirmHold, extendHold, getHold, holdSeats, releaseHold } from './hold-decisions.js';
import type { Terms } from './projection.js';
import { requestBody } from './request-body.js';
import type { AnsweredRequest } from './request-log.js';
import { cancelScreening, updateScreening } from './screening-decisions.js';
import type { ScreeningState } from './state.js';
import { answerOf } from './views.js';

export type { Decision, ScreeningRules } from './decision.js';

/**
 * What a command does to a screening. Pure: reads the state, changes nothing.
 * All or nothing; a refusal names everything that stood in the way.
 */
export function decide(
  state: ScreeningState,
  command: Exclude<ScreeningCommand, GetSeatStates>,
  context: DecisionContext,
  rules: ScreeningRules,
): Decision {
  switch (command.kind) {
    case 'get-hold':
      return getHold(state, command, context);
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
export function answerRecorded(
  state: ScreeningState,
  command: { readonly buyerId: string; readonly requestId: string },
): ScreeningAnswer {
  const recorded = state.requests.newest;
  if (recorded?.requestId !== command.requestId || recorded.buyerId !== command.buyerId)
    throw new RangeError('a mutation left no answer');
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

function repeat(state: ScreeningState, earlier: AnsweredRequest, origin: Origin): Decision {
  if (!sameBody(earlier, origin)) return refuse({ kind: 'request-id-reused' });
  return answer(answerOf(state.layout, earlier));
}
