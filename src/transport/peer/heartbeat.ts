import type { Http2Session } from 'node:http2';
import type { Clock, Timer } from '../../runtime/index.js';

/** Looks per silence; one less than that must in a row have heard nothing. */
const LOOKS = 4;

/**
 * Notices that a connection is dead although nobody says so: the other side is frozen, or
 * packets vanish. It is asked for a sign of life and given up when none comes for
 * `silenceMs`. Looks are counted and not time: after this process was frozen itself,
 * everything would look silent although the answers are at the door.
 */
export class Heartbeat {
  private heardSomething = true;
  private silentLooks = 0;
  private timer: Timer;

  /**
   * @param ping asks for a sign of life; must not throw
   * @param silent called once, 3/4 of `silenceMs` or more after the last sign of life, and at most all of it
   */
  constructor(
    private readonly clock: Clock,
    private readonly silenceMs: number,
    private readonly ping: (heard: () => void) => void,
    private readonly silent: () => void,
  ) {
    this.timer = this.next();
  }

  /** Something came from the other side. */
  readonly heard = (): void => {
    this.heardSomething = true;
  };

  /** Idempotent. */
  stop(): void {
    this.timer.cancel();
  }

  private next(): Timer {
    return this.clock.after(this.silenceMs / LOOKS, () => this.look());
  }

  private look(): void {
    this.silentLooks = this.heardSomething ? 0 : this.silentLooks + 1;
    this.heardSomething = false;
    if (this.silentLooks >= LOOKS - 1) {
      this.silent();
      return;
    }
    this.timer = this.next();
    this.ping(this.heard);
  }
}

/** An HTTP/2 ping, which any live process answers however long its work takes. */
export function pingOf(session: Http2Session): (heard: () => void) => void {
  return (heard) => {
    if (session.destroyed) return;
    session.ping((error) => {
      if (error === null) heard();
    });
  };
}
