import type { EventPosition, Origin } from './events.js';

/**
 * Who has which seats. Records are immutable: a change replaces the record, so an
 * answer that was given earlier can keep its own.
 */
export class Hold {
  readonly requestId: string;
  readonly fingerprintHigh: number;
  readonly fingerprintLow: number;

  /**
   * Small on purpose: a hot screening has hundreds of thousands of holds, and the garbage
   * collector visits every object of them. So the hold is also what the request log keeps
   * of its request, an AnsweredRequest; and its times are distances, which need no objects of their own.
   * @param origin the request that took it
   * @param seats layout indexes, ascending
   * @param at the turn that took it: one object for all holds of the turn
   */
  constructor(
    readonly holdToken: string,
    readonly buyerId: string,
    readonly seats: readonly number[],
    { requestId, fingerprintHigh, fingerprintLow }: Origin,
    readonly at: EventPosition,
    private readonly expireAfterMs: number,
    private readonly maxExpireAfterMs: number,
  ) {
    this.requestId = requestId;
    this.fingerprintHigh = fingerprintHigh;
    this.fingerprintLow = fingerprintLow;
  }

  get createTimeMs(): number {
    return this.at.timeMs;
  }

  /** Dead from this moment on. */
  get expireTimeMs(): number {
    return this.at.timeMs + this.expireAfterMs;
  }

  get maxExpireTimeMs(): number {
    return this.at.timeMs + this.maxExpireAfterMs;
  }

  /** Of the request that took it, while this is the record it was answered with. */
  get outcome(): { readonly kind: 'held'; readonly hold: Hold } {
    return { kind: 'held', hold: this };
  }

  /** The same hold with another end; this one when that is its own: records that say the same are one. */
  until(expireTimeMs: number): Hold {
    if (expireTimeMs === this.expireTimeMs) return this;
    const { holdToken, buyerId, seats, at, maxExpireAfterMs } = this;
    return new Hold(holdToken, buyerId, seats, this, at, expireTimeMs - at.timeMs, maxExpireAfterMs);
  }

  /** The same hold of fewer seats. */
  of(seats: readonly number[]): Hold {
    const { holdToken, buyerId, at, expireAfterMs, maxExpireAfterMs } = this;
    return new Hold(holdToken, buyerId, seats, this, at, expireAfterMs, maxExpireAfterMs);
  }
}

export interface Booking {
  readonly bookingId: string;
  readonly buyerId: string;
  /** Booked now; empty once all were cancelled. */
  readonly seats: readonly number[];
  readonly createTimeMs: number;
}
