import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { isRetryable } from './errors.js';

/** Runs a statement that may have to be repeated because of others. */
export type Retrying = <T>(run: () => Promise<T>) => Promise<T>;

/**
 * Repeats what Postgres undid for the sake of others, at most `attempts` times after
 * the first, waiting 2 to 100 ms with jitter so that the same parties do not meet again.
 * Every other error passes at once.
 */
export function retrying(attempts: number): Retrying {
  const policy = retry(handleWhen(isRetryable), {
    maxAttempts: attempts,
    backoff: new ExponentialBackoff({ initialDelay: 2, maxDelay: 100 }),
  });
  return (run) => policy.execute(run);
}
