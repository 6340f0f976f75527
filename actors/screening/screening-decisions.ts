import type { CancelScreening, UpdateScreening } from './commands.js';
import { happen, refuse, staleRevision, type Decision } from './decision.js';
import type { Origin, ScreeningEvent } from './events.js';
import type { Terms } from './projection.js';
import type { ScreeningState } from './state.js';
import { problemWithTerms, updatedTerms } from './terms.js';

export function updateScreening(
  state: ScreeningState,
  terms: Terms,
  command: UpdateScreening,
  origin: Origin,
): Decision {
  if (state.cancelled) return refuse({ kind: 'screening-cancelled' });
  const stale = staleRevision(state, command.revision);
  if (stale !== undefined) return refuse(stale);
  const updated = updatedTerms(terms, command.terms);
  const problem = problemWithTerms(updated);
  if (problem !== undefined) return refuse({ kind: 'invalid-terms', ...problem });
  return happen([{ kind: 'screening-updated', origin, terms: updated }]);
}

export function cancelScreening(state: ScreeningState, command: CancelScreening, origin: Origin): Decision {
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
