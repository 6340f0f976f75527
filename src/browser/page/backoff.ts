/**
 * How long to wait before attempt `attempt` (from 0): doubling from `firstMs` to
 * `longestMs`, and a random part of that, so that the viewers of a node that stopped
 * do not come back all at once.
 */
export function backoffMs(attempt: number, firstMs: number, longestMs: number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30));
  return ceiling * (0.3 + 0.7 * Math.random());
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
