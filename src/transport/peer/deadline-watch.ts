import type { Clock, Timer } from '../../runtime/index.js';

/** How late a passed deadline may be noticed; deadlines within it are looked at together. */
const GRAIN_MS = 20;

/**
 * One timer for the deadlines of many calls. Most calls are answered long before their
 * deadline, so nobody keeps them in order: when the timer rings, all are looked through.
 */
export class DeadlineWatch {
  private timer: Timer | undefined;
  /** When the timer rings; infinity while none is set. */
  private ringsAtMs = Infinity;

  /** @param look ends what is late at `nowMs` and answers the earliest deadline that is left, or infinity */
  constructor(
    private readonly clock: Clock,
    private readonly look: (nowMs: number) => number,
  ) {}

  add(deadlineMs: number): void {
    if (deadlineMs + GRAIN_MS < this.ringsAtMs) this.set(deadlineMs);
  }

  /** Idempotent; the next `add` starts it again. */
  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.ringsAtMs = Infinity;
  }

  private set(deadlineMs: number): void {
    this.stop();
    if (deadlineMs === Infinity) return;
    const nowMs = this.clock.now();
    this.ringsAtMs = Math.max(deadlineMs, nowMs) + GRAIN_MS;
    this.timer = this.clock.after(this.ringsAtMs - nowMs, () => {
      this.timer = undefined;
      this.ringsAtMs = Infinity;
      this.set(this.look(this.clock.now()));
    });
  }
}
