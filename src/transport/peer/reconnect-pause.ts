import type { Randomness } from '../../runtime/index.js';

const FIRST_MS = 50;

/**
 * How long to wait before a peer is called again: twice as long after each failure, up to
 * `maxMs`, and half of it by chance, so that many nodes do not call a peer that came back
 * all at once.
 * @param failures attempts that failed in a row, at least 1
 */
export function reconnectPauseMs(failures: number, maxMs: number, randomness: Pick<Randomness, 'fraction'>): number {
  const longestMs = Math.min(maxMs, FIRST_MS * 2 ** (failures - 1));
  return longestMs * (0.5 + randomness.fraction() / 2);
}
