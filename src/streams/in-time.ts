import type { Clock } from '../runtime/index.js';

/**
 * What many wait for, for one of them: it waits no longer than until its deadline, and
 * the rest goes on all the same, for the others.
 * @throws what `late` makes, once the deadline has passed
 */
export function inTime<Result>(
  shared: Promise<Result>,
  deadlineMs: number,
  { clock, late }: { readonly clock: Clock; readonly late: () => Error },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(deadlineMs - clock.now(), () => {
      reject(late());
    });
    shared.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });
}
