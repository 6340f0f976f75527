import type { Answered, Possible } from './progress.js';
import type { Replayable } from './replayable.js';

/**
 * Whether there is an order as `linearize` looks for one: the definition, tried step by step
 * without any memory or shortcut, so that a mistake in one of those shows.
 *
 * @returns undefined when `stepsMax` steps were taken and neither is known
 */
export function someOrderExists<Step>(
  object: Replayable<Step>,
  answered: readonly Answered<Step>[],
  possible: readonly Possible<Step>[],
  stepsMax: number,
): boolean | undefined {
  let steps = 0;
  const done = new Set<Answered<Step>>();
  const used = new Set<Possible<Step>>();

  const comesFirst = <Kind extends Answered<Step> | Possible<Step>>(
    next: Kind,
    taken: Set<Kind>,
    fromMs: number,
    byMs: number,
  ): boolean => {
    steps += 1;
    const mark = object.mark();
    const isPossible = object.take(next.step, { fromMs: Math.max(fromMs, next.invokedMs), byMs }) !== 'impossible';
    taken.add(next);
    const leadsOn = isPossible && existsFrom('returnedMs' in next ? Math.max(fromMs, next.invokedMs) : fromMs);
    taken.delete(next);
    object.undo(mark);
    return leadsOn;
  };

  /** Everything that was done was invoked by `fromMs`. */
  const existsFrom = (fromMs: number): boolean => {
    const open = answered.filter((step) => !done.has(step));
    if (open.length === 0) return true;
    if (steps >= stepsMax) return false;
    const byMs = Math.min(...open.map(({ returnedMs }) => returnedMs));
    const isNow = ({ invokedMs }: { readonly invokedMs: number }): boolean => invokedMs <= byMs;
    const isDone = (index: number): boolean => answered[index] === undefined || done.has(answered[index]);
    return (
      open.filter(isNow).some((next) => comesFirst(next, done, fromMs, byMs)) ||
      possible.some(
        (next) =>
          !used.has(next) &&
          isNow(next) &&
          next.untilMs >= fromMs &&
          (next.after === undefined || isDone(next.after)) &&
          comesFirst(next, used, fromMs, Math.min(byMs, next.untilMs)),
      )
    );
  };

  const exists = existsFrom(Number.NEGATIVE_INFINITY);
  return exists || steps < stepsMax ? exists : undefined;
}
