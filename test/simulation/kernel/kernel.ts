import { EventQueue, type Queued } from './event-queue.js';
import type { Host } from './host.js';
import { microtasksDone } from './microtasks.js';
import { Trace, type TraceLine } from './trace.js';

/** An event that has not happened yet. */
export interface Scheduled {
  /** Idempotent; a no-op once it happened. */
  cancel(): void;
}

/** What happens at a moment. */
export class KernelEvent implements Queued, Scheduled {
  cancelled = false;
  /** Of the host, when it was made: after a crash nobody is there to take it. */
  readonly boot: number;

  constructor(
    public atMs: number,
    public order: number,
    /** Where it happens; undefined for the simulation itself. */
    readonly host: Host | undefined,
    readonly run: () => void,
  ) {
    this.boot = host?.boot ?? 0;
  }

  cancel(): void {
    this.cancelled = true;
  }
}

export interface KernelOptions {
  /** Lines of the story kept; default 200. */
  readonly storyLines?: number;
  readonly listen?: (line: TraceLine) => void;
}

/**
 * Virtual time and the one queue of everything that happens. One event at a time, and
 * all it sets off without time passing is done before the next: a run depends on
 * nothing but the events.
 */
export class Kernel {
  /** True time in ms since the simulation began. Hosts have clocks of their own. */
  nowMs = 0;
  /** Events that happened. */
  steps = 0;
  readonly trace: Trace;
  private readonly queue = new EventQueue<KernelEvent>();
  private made = 0;

  constructor({ storyLines = 200, listen }: KernelOptions = {}) {
    this.trace = new Trace(() => this.nowMs, storyLines, listen);
  }

  /** `run` happens on `host` after `delayMs`, unless it is cancelled or the host crashes before. */
  schedule(host: Host | undefined, delayMs: number, run: () => void): Scheduled {
    const event = new KernelEvent(this.nowMs + Math.max(0, delayMs), (this.made += 1), host, run);
    this.queue.push(event);
    return event;
  }

  /** Waits, as the simulation itself: for scenarios. */
  pass(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.schedule(undefined, delayMs, resolve));
  }

  /**
   * Lets things happen until `done` says so, nothing is left, or `untilMs`.
   * @param done asked after every step
   */
  async run(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await microtasksDone();
    while (!done()) {
      const event = this.queue.peek();
      if (event === undefined || event.atMs > untilMs) {
        this.nowMs = Math.max(this.nowMs, untilMs);
        return;
      }
      this.queue.pop();
      if (event.cancelled || !this.isTaken(event)) continue;
      this.nowMs = event.atMs;
      this.steps += 1;
      this.trace.mix(event.order);
      this.trace.mix(event.atMs * 1_000);
      event.run();
      await microtasksDone();
    }
  }

  /** A paused host takes it when it wakes up, one that crashed never does. */
  private isTaken(event: KernelEvent): boolean {
    const { host } = event;
    if (host === undefined) return true;
    if (event.boot !== host.boot || !host.isUp) return false;
    if (!host.isPaused) return true;
    host.holdBack(() => {
      // The same object: whoever can cancel it can still do so.
      event.atMs = this.nowMs;
      event.order = this.made += 1;
      this.queue.push(event);
    });
    return false;
  }
}
