import type { Clock, Randomness, Timer } from '../runtime/index.js';

export interface RenewalPace {
  /** Longest pause from the end of one renewal to the start of the next. */
  readonly leaseRenewMs: number;
}

/** A regular pause is shorter by up to this part, so that nodes started together do not renew together. */
const JITTER = 0.1;
/** Renewals that a hint asks for start no closer than this part of a regular pause. */
const HINT_PAUSE = 0.1;

/** Renews again and again, and sooner when asked. Never two renewals at once. */
export class RenewalLoop {
  private running = false;
  private renewal: Promise<void> | undefined;
  private timer: Timer | undefined;
  private startedAtMs = Number.NEGATIVE_INFINITY;
  /** When the next renewal is due; monotonic. */
  private dueAtMs = Number.POSITIVE_INFINITY;

  /** @param renew must come to an end by itself; what it rejects with is a bug, and ends the process. */
  constructor(
    private readonly renew: () => Promise<void>,
    private readonly clock: Pick<Clock, 'monotonic' | 'after'>,
    private readonly randomness: Pick<Randomness, 'fraction'>,
    private readonly pace: RenewalPace,
  ) {}

  /** The first renewal starts before this returns. */
  start(): void {
    this.running = true;
    void this.renewNow();
  }

  /** Something may have changed: renews soon. Many hints are one renewal. */
  hint(): void {
    this.renewBy(this.startedAtMs + this.pace.leaseRenewMs * HINT_PAUSE);
  }

  /**
   * Renews at once, or right after the renewal under way, which was sent without what is new.
   * @returns false when there will be none, because the loop does not run
   */
  urge(): boolean {
    this.renewBy(this.clock.monotonic());
    return this.running;
  }

  /** No renewal starts after this. Idempotent. @returns when the one under way has ended */
  async stop(): Promise<void> {
    this.running = false;
    this.timer?.cancel();
    await this.renewal;
  }

  private renewBy(atMs: number): void {
    if (!this.running || atMs >= this.dueAtMs) return;
    this.dueAtMs = atMs;
    if (this.renewal === undefined) this.arm();
  }

  private arm(): void {
    this.timer?.cancel();
    this.timer = this.clock.after(Math.max(0, this.dueAtMs - this.clock.monotonic()), () => void this.renewNow());
  }

  private async renewNow(): Promise<void> {
    this.startedAtMs = this.clock.monotonic();
    this.dueAtMs = Number.POSITIVE_INFINITY;
    this.renewal = this.renew();
    await this.renewal;
    this.renewal = undefined;
    if (!this.running) return;
    const pauseMs = this.pace.leaseRenewMs * (1 - JITTER * this.randomness.fraction());
    this.dueAtMs = Math.min(this.dueAtMs, this.clock.monotonic() + pauseMs);
    this.arm();
  }
}
