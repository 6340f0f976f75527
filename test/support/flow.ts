import type { Socket } from 'node:net';

/** One way of a connection, from one socket into another. */
export class Flow {
  /** Whether bytes were dropped that the other side will wait for in vain. */
  hasLost = false;
  private way: 'pass' | 'hold' | 'lose' = 'pass';
  private delayMs = 0;
  /** Delayed chunks under way; what comes after them waits its turn. */
  private late: Promise<void> = Promise.resolve();
  private lateCount = 0;

  /** Starts passing at once. */
  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (chunk) => {
      this.take(chunk);
    });
    from.on('end', () => {
      this.afterLate(() => to.end());
    });
    to.on('drain', () => {
      if (this.way !== 'hold') from.resume();
    });
  }

  become(way: 'pass' | 'hold' | 'lose', delayMs: number): void {
    this.way = way;
    this.delayMs = delayMs;
    if (way === 'hold') this.from.pause();
    else this.from.resume();
  }

  private take(chunk: Buffer): void {
    if (this.way === 'lose') {
      this.hasLost = true;
      return;
    }
    const pass = (): void => {
      if (this.to.writable && !this.to.write(chunk)) this.from.pause();
    };
    if (this.delayMs === 0) this.afterLate(pass);
    else this.queue(pass, this.delayMs);
  }

  private afterLate(run: () => void): void {
    if (this.lateCount === 0) run();
    else this.queue(run, 0);
  }

  private queue(run: () => void, delayMs: number): void {
    const dueMs = performance.now() + delayMs;
    this.lateCount += 1;
    this.late = this.late
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now()))))
      .then(() => {
        this.lateCount -= 1;
        run();
      });
  }
}
