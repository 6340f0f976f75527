import { randomFillSync } from 'node:crypto';
import type { Clock, Randomness, Timer } from './ports.js';

/** Longest delay Node's timers take; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2_147_483_647;

/** The machine's own clock. The only file of the runtime that reads it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs: number, run: () => void): Timer {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), LONGEST_DELAY_MS));
    timer.unref();
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
  soon: (run) => void setImmediate(run),
};

const POOLED_TOKENS = 256;
const TOKEN_BYTES = 16;

/**
 * The machine's cryptographic randomness, drawn for many tokens at a time: one call
 * into the kernel's generator per token would be the dearest line of the hot path.
 */
export function systemRandomness(): Randomness {
  const pool = Buffer.alloc(POOLED_TOKENS * TOKEN_BYTES);
  let used = pool.length;
  return {
    token() {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      const token = pool.toString('base64url', used, used + TOKEN_BYTES);
      used += TOKEN_BYTES;
      return token;
    },
    fraction: () => Math.random(),
  };
}
