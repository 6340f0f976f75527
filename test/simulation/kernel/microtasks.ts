import { createRequire } from 'node:module';

/**
 * A step of the simulation is over when nothing can go on without time. Promises are
 * microtasks; those of bluebird, which comedy uses, are macrotasks unless told otherwise.
 */
export function microtasksDone(): Promise<void> {
  // A macrotask: it starts when the queue of microtasks is dry, however long that takes.
  return new Promise((resolve) => setImmediate(resolve));
}

type Schedule = (run: () => void) => void;
interface Bluebird {
  /** Answers the scheduler it had. */
  setScheduler(schedule: Schedule): Schedule;
}

/** Makes comedy's promises microtasks, in the whole process, until the returned function is called. */
export function promisesAsMicrotasks(): () => void {
  const bluebird = bluebirdOfComedy();
  const before = bluebird.setScheduler((run) => {
    queueMicrotask(run);
  });
  return () => void bluebird.setScheduler(before);
}

/** The very copy that comedy loads. */
function bluebirdOfComedy(): Bluebird {
  const comedy = createRequire(import.meta.url).resolve('comedy');
  // It has no types of its own.
  return createRequire(comedy)('bluebird') as Bluebird;
}
