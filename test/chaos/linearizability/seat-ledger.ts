import type { Window } from './search.js';

export interface Hold {
  readonly buyerId: string;
  /** What it has now; of one that expired, what it had. */
  readonly seatIds: ReadonlySet<string>;
  readonly state: 'live' | 'expired' | 'released' | 'confirmed';
  /** It ends by itself no sooner and no later than this. */
  readonly endsFromMs: number;
  readonly endsByMs: number;
}

export interface Booking {
  readonly buyerId: string;
  /** None: it was cancelled. */
  readonly seatIds: ReadonlySet<string>;
}

interface Occupant {
  readonly kind: 'hold' | 'booking';
  readonly id: string;
}

/**
 * Who has which seat, with a way back: every change can be undone, in reverse order.
 * Changes answer false when they are impossible; the ledger may then be half changed
 * and must be taken back to a mark.
 *
 * A hold ends by itself at a time of the owner's clock, and things are known to happen
 * within a span. What straddles the end may find the hold or not; once something found
 * it ended, it stays so.
 */
export class SeatLedger {
  private readonly occupants = new Map<string, Occupant>();
  private readonly holds = new Map<string, Hold>();
  private readonly bookings = new Map<string, Booking>();
  private lastRevision = 0;
  private readonly trail: (() => void)[] = [];
  /** How often a hold was taken to have ended by itself. Is not undone. */
  expiries = 0;

  /** @param clockSlackMs how far the owner's clock may be from that of moments */
  constructor(readonly clockSlackMs: number) {}

  /** Where `undo` can come back to. */
  mark(): number {
    return this.trail.length;
  }

  undo(mark: number): void {
    while (this.trail.length > mark) this.trail.pop()?.();
  }

  /** For people. */
  describe(): string {
    const seats = [...this.occupants].sort(([a], [b]) => (a < b ? -1 : 1));
    return seats.map(([seat, { kind, id }]) => `${seat}: ${kind} ${id}`).join(', ') || 'all seats are free';
  }

  /** Changes are numbered in the order they happen; those of one turn share a number. */
  isInOrder(revision: number): boolean {
    const before = this.lastRevision;
    if (revision < before) return false;
    this.trail.push(() => (this.lastRevision = before));
    this.lastRevision = revision;
    return true;
  }

  holdOf(token: string): Hold | undefined {
    return this.holds.get(token);
  }

  bookingOf(bookingId: string): Booking | undefined {
    return this.bookings.get(bookingId);
  }

  /** The hold, if it can still have been there. */
  liveHold(token: string, at: Window): Hold | undefined {
    const hold = this.holds.get(token);
    return hold?.state === 'live' && at.fromMs - this.clockSlackMs < hold.endsByMs ? hold : undefined;
  }

  /** What stands on the seat, if it can still have been there. */
  occupantOf(seatId: string, at: Window): Occupant['kind'] | undefined {
    const occupant = this.occupants.get(seatId);
    if (occupant?.kind === 'hold' && this.liveHold(occupant.id, at) === undefined) return undefined;
    return occupant?.kind;
  }

  /** Free, or under a hold that can have ended by then: it then has. */
  isFree(seatId: string, at: Window): boolean {
    const occupant = this.occupants.get(seatId);
    return occupant === undefined || (occupant.kind === 'hold' && this.hasExpired(occupant.id, at));
  }

  /** True if the hold can have ended by itself by then: it then has. */
  hasExpired(token: string, at: Window): boolean {
    const hold = this.holds.get(token);
    if (hold?.state === 'expired') return true;
    if (hold?.state !== 'live' || at.byMs + this.clockSlackMs < hold.endsFromMs) return false;
    this.expiries += 1;
    this.put(this.holds, token, { ...hold, state: 'expired' });
    for (const seatId of hold.seatIds) this.put(this.occupants, seatId, undefined);
    return true;
  }

  hold(token: string, hold: Omit<Hold, 'state'>, at: Window): boolean {
    if (this.holds.has(token)) return false;
    for (const seatId of hold.seatIds) if (!this.isFree(seatId, at)) return false;
    this.put(this.holds, token, { ...hold, state: 'live' });
    for (const seatId of hold.seatIds) this.put(this.occupants, seatId, { kind: 'hold', id: token });
    return true;
  }

  book(bookingId: string, booking: Booking, at: Window): boolean {
    for (const seatId of booking.seatIds) if (!this.isFree(seatId, at)) return false;
    return this.sell(bookingId, booking);
  }

  /** The later end counts, whichever extension comes first. */
  extend(token: string, hold: Hold, ends: Pick<Hold, 'endsFromMs' | 'endsByMs'>): boolean {
    return this.put(this.holds, token, {
      ...hold,
      endsFromMs: Math.max(hold.endsFromMs, ends.endsFromMs),
      endsByMs: Math.max(hold.endsByMs, ends.endsByMs),
    });
  }

  /** Gives back these seats of a live hold. */
  release(token: string, hold: Hold, gone: Iterable<string>): boolean {
    const left = this.giveBack(hold.seatIds, gone);
    if (left === undefined) return false;
    return this.put(this.holds, token, { ...hold, seatIds: left, state: left.size === 0 ? 'released' : 'live' });
  }

  /** Turns a live hold into a booking. */
  confirm(token: string, hold: Hold, bookingId: string): boolean {
    this.put(this.holds, token, { ...hold, seatIds: new Set<string>(), state: 'confirmed' });
    return this.sell(bookingId, hold);
  }

  /** Gives back these seats of a booking. */
  cancel(bookingId: string, booking: Booking, gone: Iterable<string>): boolean {
    const left = this.giveBack(booking.seatIds, gone);
    return left !== undefined && this.put(this.bookings, bookingId, { ...booking, seatIds: left });
  }

  private sell(bookingId: string, { buyerId, seatIds }: Booking): boolean {
    if (this.bookings.has(bookingId)) return false;
    for (const seatId of seatIds) this.put(this.occupants, seatId, { kind: 'booking', id: bookingId });
    return this.put(this.bookings, bookingId, { buyerId, seatIds });
  }

  /** What is left; undefined when something to be given back is not there. */
  private giveBack(seatIds: ReadonlySet<string>, gone: Iterable<string>): ReadonlySet<string> | undefined {
    const left = new Set<string>(seatIds);
    for (const seatId of gone) {
      if (!left.delete(seatId)) return undefined;
      this.put(this.occupants, seatId, undefined);
    }
    return left;
  }

  private put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): true {
    const before = map.get(key);
    this.trail.push(() => assign(map, key, before));
    assign(map, key, value);
    return true;
  }
}

function assign<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
