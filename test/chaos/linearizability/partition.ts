import type { Operation } from '../history.js';

/**
 * Splits the operations of one screening into groups that have no seat in common, each
 * in the order given. Operations on different groups neither see nor hinder each other,
 * so a history is linearizable exactly when each group is.
 */
export function partition(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    for (let at = name; at !== root;) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  for (const operation of operations) {
    const [first = '', ...others] = namesIn(operation);
    for (const other of others) {
      const [a, b] = [rootOf(first), rootOf(other)];
      if (a !== b) parents.set(a, b);
    }
  }
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const root = rootOf(namesIn(operation)[0] ?? '');
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [operation]);
    else group.push(operation);
  }
  return [...groups.values()];
}

/** Seats, holds and bookings an operation is about. */
function namesIn({ request, outcome }: Operation): readonly string[] {
  const names: string[] = [];
  if ('seatIds' in request) names.push(...request.seatIds.map((id) => `seat ${id}`));
  if ('holdToken' in request) names.push(`hold ${request.holdToken}`);
  if ('bookingId' in request) names.push(`booking ${request.bookingId}`);
  if (outcome.kind === 'ok') {
    const isHold = request.kind === 'hold' || request.kind === 'extend' || request.kind === 'release';
    names.push(`${isHold || request.kind === 'get-hold' ? 'hold' : 'booking'} ${outcome.answer.id}`);
    names.push(...[...outcome.answer.seatIds, ...(outcome.answer.goneSeatIds ?? [])].map((id) => `seat ${id}`));
  }
  return names;
}
