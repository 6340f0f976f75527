import type { Clock, Timer } from '../../../src/runtime/ports.js';
import type { Host } from './host.js';
import type { Kernel } from './kernel.js';
import type { Prng } from '../../support/prng.js';

/** Virtual time 0 on a clock that is right. */
export const EPOCH_MS = 1_800_000_000_000;

/** How a host's clock is wrong. */
export interface ClockError {
  /** Its wall clock is this far ahead, ms; negative: behind. */
  readonly offsetMs: number;
  /** Seconds it counts in a true one: 1.001 runs ahead by 86 s a day. */
  readonly rate: number;
}

/** Timers of Node fire up to this much late. */
const TIMER_SLACK_MS = 1;
/** Time between turns of an event loop that has something to do. */
const LOOP_TURN_MS = 0.05;

/** The clock of one boot of a host, with its errors. While the host is frozen time goes on and timers wait. */
export class HostClock implements Clock {
  private readonly bootedAtMs: number;
  private readonly boot: number;
  private readonly timers = new Set<Timer>();
  private setAheadMs = 0;
  private lastSoonMs = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly host: Host,
    private readonly error: ClockError,
    private readonly chance: Prng,
  ) {
    this.bootedAtMs = kernel.nowMs;
    this.boot = host.boot;
  }

  now(): number {
    const { offsetMs, rate } = this.error;
    return Math.floor(EPOCH_MS + this.kernel.nowMs * rate + offsetMs + this.setAheadMs);
  }

  monotonic(): number {
    return (this.kernel.nowMs - this.bootedAtMs) * this.error.rate;
  }

  after(delayMs: number, run: () => void): Timer {
    this.mustLive();
    const waitMs = Math.max(1, delayMs) / this.error.rate + this.chance.between(0, TIMER_SLACK_MS);
    const scheduled = this.kernel.schedule(this.host, waitMs, () => {
      this.timers.delete(timer);
      run();
    });
    const timer: Timer = {
      cancel: () => {
        this.timers.delete(timer);
        scheduled.cancel();
      },
    };
    this.timers.add(timer);
    return timer;
  }

  soon(run: () => void): void {
    this.mustLive();
    // In the order they were asked for, as immediates are.
    this.lastSoonMs = Math.max(this.lastSoonMs, this.kernel.nowMs + this.chance.between(0, LOOP_TURN_MS));
    this.kernel.schedule(this.host, this.lastSoonMs - this.kernel.nowMs, run);
  }

  /** Somebody sets the wall clock, `aheadMs` beside its usual error. Timers and monotonic time do not notice. */
  set(aheadMs: number): void {
    this.setAheadMs = aheadMs;
  }

  /** Something outside has called into a process that is gone: a bug of the simulation's. */
  private mustLive(): void {
    if (this.host.boot !== this.boot) throw new Error(`a dead boot of ${this.host.id} does something`);
  }

  /** Timers that are armed. */
  get armed(): number {
    return this.timers.size;
  }
}
