import type { Window } from './replayable.js';
import { UndoTables } from './undo-tables.js';

export interface Hold {
  readonly buyerId: string;
  /** What it has now; of one that expired, what it had. */
  readonly seatIds: ReadonlySet<string>;
  /** What it was given. */
  readonly givenSeatIds: ReadonlySet<string>;
  readonly state: 'live' | 'expired' | 'released' | 'confirmed';
  /** It ends by itself no sooner and no later than this. */
  readonly endsFromMs: number;
  readonly endsByMs: number;
}

export interface Booking {
  readonly buyerId: string;
  /** None: it was cancelled. */
  readonly seatIds: ReadonlySet<string>;
  /** What was sold. */
  readonly givenSeatIds: ReadonlySet<string>;
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
  private readonly tables = new UndoTables();
  private readonly occupants = this.tables.table<Occupant>((seatId, { kind }) => `${seatId} ${kind}`);
  private readonly holds = this.tables.table<Hold>(showHold);
  private readonly bookings = this.tables.table<Booking>(showBooking);
  private lastRevision = 0;
  /** How often a hold was taken to have ended by itself. Is not undone. */
  expiries = 0;

  /** @param clockSlackMs how far the owner's clock may be from that of moments */
  constructor(readonly clockSlackMs: number) {}

  /** Where `undo` can come back to. */
  mark(): number {
    return this.tables.mark();
  }

  undo(mark: number): void {
    this.tables.undo(mark);
  }

  /** The same where nobody can tell a difference any more, and otherwise another one. */
  fingerprint(): string {
    return this.tables.fingerprint();
  }

  /** For people. */
  describe(): string {
    const seats = [...this.occupants.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return seats.map(([seat, { kind, id }]) => `${seat}: ${kind} ${id}`).join(', ') || 'all seats are free';
  }

  /** Changes are numbered in the order they happen; those of one turn share a number. */
  isInOrder(revision: number): boolean {
    const before = this.lastRevision;
    if (revision < before) return false;
    this.tables.whenUndone(() => (this.lastRevision = before));
    this.lastRevision = revision;
    return true;
  }

  holdOf(token: string): Hold | undefined {
    return this.holds.entries.get(token);
  }

  bookingOf(bookingId: string): Booking | undefined {
    return this.bookings.entries.get(bookingId);
  }

  /** The hold, if it can still have been there. */
  liveHold(token: string, at: Window): Hold | undefined {
    const hold = this.holds.entries.get(token);
    return hold?.state === 'live' && at.fromMs - this.clockSlackMs < hold.endsByMs ? hold : undefined;
  }

  /** What stands on the seat, if it can still have been there. */
  occupantOf(seatId: string, at: Window): Occupant['kind'] | undefined {
    const occupant = this.occupants.entries.get(seatId);
    if (occupant?.kind === 'hold' && this.liveHold(occupant.id, at) === undefined) return undefined;
    return occupant?.kind;
  }

  /** Free, or under a hold that can have ended by then: it then has. */
  isFree(seatId: string, at: Window): boolean {
    const occupant = this.occupants.entries.get(seatId);
    return occupant === undefined || (occupant.kind === 'hold' && this.hasExpired(occupant.id, at));
  }

  /** True if the hold can have ended by itself by then: it then has. */
  hasExpired(token: string, at: Window): boolean {
    const hold = this.holds.entries.get(token);
    if (hold?.state === 'expired') return true;
    if (hold?.state !== 'live' || at.byMs + this.clockSlackMs < hold.endsFromMs) return false;
    this.expiries += 1;
    this.holds.put(token, { ...hold, state: 'expired' });
    for (const seatId of hold.seatIds) this.occupants.put(seatId, undefined);
    return true;
  }

  hold(token: string, hold: Omit<Hold, 'state' | 'givenSeatIds'>, at: Window): boolean {
    if (this.holds.entries.has(token)) return false;
    for (const seatId of hold.seatIds) if (!this.isFree(seatId, at)) return false;
    this.holds.put(token, { ...hold, givenSeatIds: hold.seatIds, state: 'live' });
    for (const seatId of hold.seatIds) this.occupants.put(seatId, { kind: 'hold', id: token });
    return true;
  }

  book(bookingId: string, booking: Omit<Booking, 'givenSeatIds'>, at: Window): boolean {
    for (const seatId of booking.seatIds) if (!this.isFree(seatId, at)) return false;
    return this.sell(bookingId, booking);
  }

  /** The later end counts, whichever extension comes first. */
  extend(token: string, hold: Hold, ends: Pick<Hold, 'endsFromMs' | 'endsByMs'>): boolean {
    return this.holds.put(token, {
      ...hold,
      endsFromMs: Math.max(hold.endsFromMs, ends.endsFromMs),
      endsByMs: Math.max(hold.endsByMs, ends.endsByMs),
    });
  }

  /** Gives back these seats of a live hold. */
  release(token: string, hold: Hold, gone: Iterable<string>): boolean {
    const left = this.giveBack(hold.seatIds, gone);
    if (left === undefined) return false;
    return this.holds.put(token, { ...hold, seatIds: left, state: left.size === 0 ? 'released' : 'live' });
  }

  /** Turns a live hold into a booking. */
  confirm(token: string, hold: Hold, bookingId: string): boolean {
    this.holds.put(token, { ...hold, seatIds: new Set<string>(), state: 'confirmed' });
    return this.sell(bookingId, hold);
  }

  /** Gives back these seats of a booking. */
  cancel(bookingId: string, booking: Booking, gone: Iterable<string>): boolean {
    const left = this.giveBack(booking.seatIds, gone);
    return left !== undefined && this.bookings.put(bookingId, { ...booking, seatIds: left });
  }

  private sell(bookingId: string, { buyerId, seatIds }: Omit<Booking, 'givenSeatIds'>): boolean {
    if (this.bookings.entries.has(bookingId)) return false;
    for (const seatId of seatIds) this.occupants.put(seatId, { kind: 'booking', id: bookingId });
    return this.bookings.put(bookingId, { buyerId, seatIds, givenSeatIds: seatIds });
  }

  /** What is left; undefined when something to be given back is not there. */
  private giveBack(seatIds: ReadonlySet<string>, gone: Iterable<string>): ReadonlySet<string> | undefined {
    const left = new Set<string>(seatIds);
    for (const seatId of gone) {
      if (!left.delete(seatId)) return undefined;
      this.occupants.put(seatId, undefined);
    }
    return left;
  }
}

/** Of an operation nobody heard of: nobody can ask for it. */
export function unheardId(operationId: number): string {
  return `${UNHEARD}${String(operationId)}`;
}

const UNHEARD = 'of operation ';

function showHold(token: string, { state, seatIds, endsFromMs, endsByMs }: Hold): string {
  const name = token.startsWith(UNHEARD) ? '' : token;
  if (state !== 'live') return name && `${name} ${state}`;
  return `${name} from ${String(endsFromMs)} to ${String(endsByMs)}: ${[...seatIds].join()}`;
}

/** That the seats of one nobody heard of are booked is all there is to see of it. */
function showBooking(bookingId: string, { seatIds }: Booking): string {
  return bookingId.startsWith(UNHEARD) ? '' : `${bookingId}: ${[...seatIds].join()}`;
}
