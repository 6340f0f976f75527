import type { Clock } from '../../../src/runtime/ports.js';

/** The port callers come through: closed at a stop, once those who are inside are served. */
export class FrontDoor {
  private isClosed = false;
  private inside = 0;
  private whenEmpty: () => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly closeTimeoutMs: number,
  ) {}

  /** Serves a caller; undefined when the door is closed. */
  async serve<Reply>(call: () => Promise<Reply>): Promise<Reply | undefined> {
    if (this.isClosed) return undefined;
    this.inside += 1;
    try {
      return await call();
    } finally {
      this.inside -= 1;
      if (this.inside === 0) this.whenEmpty();
    }
  }

  /** Lets nobody in any more; resolves when everybody is out, or has taken too long. */
  close(): Promise<void> {
    this.isClosed = true;
    if (this.inside === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.clock.after(this.closeTimeoutMs, resolve);
      this.whenEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
