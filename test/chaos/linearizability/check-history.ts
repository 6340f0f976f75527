import type { Operation } from '../history.js';
import { explainStuck, line } from './explain.js';
import { partition } from './partition.js';
import type { Answered, Possible } from './progress.js';
import { linearize } from './search.js';
import { SeatGroup, type Step } from './seat-group.js';

export interface CheckOptions {
  /** How far the nodes' clocks may be from the history's. */
  readonly clockSlackMs: number;
  /** Most configurations looked at for one group of seats; a million take some seconds and 200 MB. */
  readonly configurationsMax: number;
}

const defaultCheck: CheckOptions = { clockSlackMs: 250, configurationsMax: 1_000_000 };

/** What is wrong with a history. `undecided`: the search was given up, which says nothing. */
export interface Finding {
  readonly kind: 'violation' | 'undecided';
  readonly screeningId: string;
  /** For people, several lines. */
  readonly text: string;
}

/**
 * Whether every screening behaved as if it had taken one operation after the other, each
 * at a moment between its invocation and its return. None for a history that is fine.
 */
export function checkHistory(
  operations: readonly Operation[],
  options: CheckOptions = defaultCheck,
): readonly Finding[] {
  const screeningIds = new Set(operations.map(({ screeningId }) => screeningId));
  return [...screeningIds].flatMap((screeningId) => {
    const all = operations.filter((operation) => operation.screeningId === screeningId);
    return [...doubles(all), ...backwards(all), ...groups(all, options)].map((found) => ({ screeningId, ...found }));
  });
}

type Found = Omit<Finding, 'screeningId'>;

function groups(operations: readonly Operation[], options: CheckOptions): readonly Found[] {
  return partition(operations).flatMap((group): readonly Found[] => {
    const object = new SeatGroup(options.clockSlackMs);
    const result = linearize(object, ...stepsOf(group), options.configurationsMax);
    switch (result.kind) {
      case 'linearizable':
        return [];
      case 'undecided': {
        const text = `gave up on ${String(group.length)} operations after ${String(options.configurationsMax)} configurations; the first is\n  ${line(group[0])}`;
        return [{ kind: 'undecided', text }];
      }
      case 'impossible':
        return [{ kind: 'violation', text: explainStuck(object, result) }];
    }
  });
}

/**
 * What happened for certain and what may have happened.
 *
 * A refusal after an attempt nobody answered is two things: the refusal, and perhaps, after
 * it, the effect of the attempt that was still under way. Never before it: whoever repeats a
 * request that took effect is given its first answer.
 */
export function stepsOf(group: readonly Operation[]): [readonly Answered<Step>[], readonly Possible<Step>[]] {
  const sorted = group.toSorted((a, b) => a.invokedMs - b.invokedMs);
  const answered: Answered<Step>[] = [];
  const possible: Possible<Step>[] = [];
  for (const operation of sorted) {
    const { invokedMs, returnedMs, outcome, inDoubt, lateByMs } = operation;
    const untold = { step: { operation, as: 'untold' }, invokedMs, untilMs: lateByMs ?? Infinity } as const;
    if (outcome.kind === 'unknown' || returnedMs === null) {
      possible.push({ ...untold, after: undefined });
      continue;
    }
    answered.push({ step: { operation, as: 'told' }, invokedMs, returnedMs });
    if (outcome.kind === 'refused' && inDoubt) possible.push({ ...untold, after: answered.length - 1 });
  }
  return [answered, possible.filter(({ step }) => !step.operation.request.kind.startsWith('get-'))];
}

/** Tokens and booking ids are given out once. */
function doubles(operations: readonly Operation[]): readonly Found[] {
  const givers = new Map<string, Operation>();
  return operations.flatMap((operation) => {
    const { request, outcome } = operation;
    const gives = request.kind === 'hold' || request.kind === 'book' || request.kind === 'confirm';
    if (!gives || outcome.kind !== 'ok') return [];
    const earlier = givers.get(outcome.answer.id);
    givers.set(outcome.answer.id, operation);
    if (earlier === undefined) return [];
    return [{ kind: 'violation', text: `two operations were given one id:\n  ${line(earlier)}\n  ${line(operation)}` }];
  });
}

/** What was invoked after another change was answered is in a later turn: it has a greater revision. */
function backwards(operations: readonly Operation[]): readonly Found[] {
  const changes = operations.flatMap((operation) => {
    const { outcome, returnedMs, invokedMs } = operation;
    const revision = outcome.kind === 'ok' ? outcome.answer.revision : undefined;
    return revision === undefined || returnedMs === null ? [] : [{ operation, revision, invokedMs, returnedMs }];
  });
  const byReturn = changes.toSorted((a, b) => a.returnedMs - b.returnedMs);
  let next = 0;
  let newest: (typeof changes)[number] | undefined;
  return changes
    .toSorted((a, b) => a.invokedMs - b.invokedMs)
    .flatMap((change) => {
      for (let done = byReturn[next]; done !== undefined && done.returnedMs < change.invokedMs; done = byReturn[next]) {
        if (newest === undefined || done.revision > newest.revision) newest = done;
        next += 1;
      }
      if (newest === undefined || newest.revision < change.revision) return [];
      const text = `a later change has no greater revision:\n  ${line(newest.operation)}\n  ${line(change.operation)}`;
      return [{ kind: 'violation', text }];
    });
}
