import type { Clock } from '../../src/runtime/index.js';

/** Time that passes only when told to. Work that a moment sets off is done before `pass` resolves. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass, one timer after the other. */
  pass(ms: number): Promise<void>;
  /** Lets everything that can go on without time go on. */
  settle(): Promise<void>;
  /** Somebody sets the wall clock; nothing else changes. */
  step(byMs: number): void;
  /** Timers that are armed. */
  readonly armed: number;
}

export function manualClock(startMs = 1_000_000): ManualClock {
  let nowMs = startMs;
  let steppedMs = 0;
  let order = 0;
  const timers = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  const settle = async (): Promise<void> => {
    // Several rounds: `soon` is a macrotask, and what it starts may ask for another.
    for (let round = 0; round < 10; round += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => nowMs + steppedMs,
    monotonic: () => nowMs - startMs,
    after(delayMs, run) {
      const id = (order += 1);
      timers.set(id, { atMs: nowMs + Math.max(0, delayMs), run });
      return { cancel: () => void timers.delete(id) };
    },
    soon: (run) => void setImmediate(run),
    step(byMs) {
      steppedMs += byMs;
    },
    get armed() {
      return timers.size;
    },
    settle,
    async pass(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...timers].sort(([a, left], [b, right]) => left.atMs - right.atMs || a - b);
        if (next === undefined || next[1].atMs > untilMs) break;
        nowMs = Math.max(nowMs, next[1].atMs);
        timers.delete(next[0]);
        next[1].run();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
