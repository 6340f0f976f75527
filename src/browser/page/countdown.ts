import type { ServerClock } from './server-clock.js';

export interface Tick {
  readonly leftMs: number;
  /** mm:ss, rounded up: 00:00 means over. */
  readonly text: string;
  readonly isUrgent: boolean;
}

const URGENT_MS = 60_000;
const TICK_MS = 200;

/** Counts down to a time of the server's clock. */
export class Countdown {
  private timer: number | undefined;

  constructor(private readonly clock: ServerClock) {}

  /** Ticks now and several times a second, then calls `onEnd` once. Replaces one that runs. */
  start(endTime: string, onTick: (tick: Tick) => void, onEnd: () => void): void {
    this.stop();
    const endMs = Date.parse(endTime);
    const tick = (): void => {
      const leftMs = Math.max(0, endMs - this.clock.now());
      onTick(tickAt(leftMs));
      if (leftMs > 0) return;
      this.stop();
      onEnd();
    };
    this.timer = window.setInterval(tick, TICK_MS);
    tick();
  }

  /** Idempotent. */
  stop(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
  }
}

function tickAt(leftMs: number): Tick {
  const seconds = Math.ceil(leftMs / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return { leftMs, text: `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`, isUrgent: leftMs < URGENT_MS };
}
