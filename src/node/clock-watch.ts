import type { CheckResult } from '../health.js';
import type { Clock } from '../runtime/index.js';

/**
 * Compares this machine's clock with the database's. Holds end by the clock of the node
 * that owns the screening, so a node whose clock is far off must not own any.
 */
export class ClockWatch {
  private skewMs = 0;
  private wasOff = false;
  private readonly listeners = new Set<() => void>();

  /** @param skewMaxMs how far off is too far */
  constructor(
    private readonly clock: Clock,
    private readonly skewMaxMs: number,
  ) {}

  /**
   * Asks for the database's time and compares. The answer was made between asking and
   * hearing it, so a slow one proves less.
   * @param ask answers ms since 1970, or undefined when there is no clock to compare with
   */
  async observe(ask: () => Promise<number | undefined>): Promise<void> {
    const askedMs = this.clock.now();
    const theirsMs = await ask();
    if (theirsMs === undefined) return;
    const heardMs = this.clock.now();
    this.skewMs = theirsMs < askedMs ? askedMs - theirsMs : theirsMs > heardMs ? heardMs - theirsMs : 0;
    if (this.isOff === this.wasOff) return;
    this.wasOff = this.isOff;
    for (const changed of this.listeners) changed();
  }

  get isOff(): boolean {
    return Math.abs(this.skewMs) > this.skewMaxMs;
  }

  /** Calls `changed` when the clock goes off or is right again. */
  onChange(changed: () => void): void {
    this.listeners.add(changed);
  }

  look(): CheckResult {
    return this.isOff ? { ok: false, detail: this.problem() } : { ok: true };
  }

  problem(): string {
    const direction = this.skewMs > 0 ? 'ahead of' : 'behind';
    return `this machine's clock is ${(Math.abs(this.skewMs) / 1_000).toFixed(1)} s ${direction} the database's`;
  }
}
