import type { ScreeningAnswer } from './answers.js';
import type { ScreeningEvent } from './events.js';
import type { Refusal } from './refusals.js';
import type { ScreeningState } from './state.js';

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

export function refuse(refusal: Refusal): Decision {
  return { kind: 'answer', answer: { kind: 'refused', refusal } };
}

export function answer(given: ScreeningAnswer): Decision {
  return { kind: 'answer', answer: given };
}

export function happen(events: readonly ScreeningEvent[]): Decision {
  return { kind: 'events', events };
}

/** Why a command that names a revision cannot happen at this one. */
export function staleRevision(state: ScreeningState, revision: number | undefined): Refusal | undefined {
  if (revision === undefined || revision === state.revision) return undefined;
  return { kind: 'stale-revision', revision: state.revision };
}

/** The named seats of `seats` in plan order (all of them when none is named), and names that are not among them. */
export function partOf(
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
