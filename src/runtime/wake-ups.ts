import { StorageUnavailable, type Clock, type Ownership, type Timer } from './ports.js';

export interface WakeUpLimits {
  /** How often the store is asked who is due; also how far ahead it is asked. */
  readonly wakeUpScanMs: number;
  /** Most entities woken by one scan; the rest by the next. */
  readonly wakeUpsPerScan: number;
}

/**
 * Wakes entities that are not in memory when they have something to do by themselves
 * (a hold expires), also after a crash: their deadlines are stored with every commit.
 */
export class WakeUps {
  private timers = new Set<Timer>();
  private scanTimer: Timer | undefined;
  private stopped = false;
  private toldOfBug = false;

  /** @param onBug a scan failed, and not because the store is away; told once until one succeeds again. */
  constructor(
    private readonly ownership: Pick<Ownership, 'dueBefore'>,
    private readonly wake: (entityId: string) => void,
    private readonly onBug: (error: unknown) => void,
    private readonly clock: Clock,
    private readonly limits: WakeUpLimits,
  ) {}

  start(): void {
    void this.scan();
  }

  /** Idempotent. */
  stop(): void {
    this.stopped = true;
    this.scanTimer?.cancel();
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  private async scan(): Promise<void> {
    const horizonMs = this.clock.now() + this.limits.wakeUpScanMs;
    try {
      const due = await this.ownership.dueBefore(horizonMs, this.limits.wakeUpsPerScan);
      for (const { entityId, wakeAtMs } of due) this.wakeAt(entityId, wakeAtMs);
      this.toldOfBug = false;
    } catch (error) {
      // The next scan asks again; nothing is lost by being late, for holds die on their own.
      if (!(error instanceof StorageUnavailable)) this.tellOfBug(error);
    }
    if (!this.stopped) this.scanTimer = this.clock.after(this.limits.wakeUpScanMs, () => void this.scan());
  }

  private tellOfBug(error: unknown): void {
    if (this.toldOfBug || this.stopped) return;
    this.toldOfBug = true;
    this.onBug(error);
  }

  private wakeAt(entityId: string, atMs: number): void {
    if (this.stopped) return;
    const timer = this.clock.after(Math.max(0, atMs - this.clock.now()), () => {
      this.timers.delete(timer);
      this.wake(entityId);
    });
    this.timers.add(timer);
  }
}
