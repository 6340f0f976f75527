import type { Answer } from './client.js';
import { cancelBooking, confirmHold, holdSeat, type Buyer, type Errand, type Verdict } from './errand.js';

/** How a command ended, judged by all that this seller knows. */
export type Outcome =
  | { readonly kind: 'done' }
  /** Rightly: the seat was taken. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly status: number }
  | { readonly kind: 'wrong'; readonly what: string };

/** One command of a seller. Settle it exactly once. */
export interface Step {
  readonly path: string;
  readonly request: Uint8Array;
  settle(answer: Answer): Outcome;
}

/** A hold or a booking that was answered OK: the journal must have it, with this seat. */
export interface Promised {
  /** The hold's token or the booking's id. */
  readonly owner: string;
  readonly seat: number;
}

interface Owned {
  readonly buyer: Buyer;
  readonly seat: number;
  readonly owner: string;
}

/** Every so many commands one asks for a seat that is taken. */
const CONTEND_EVERY = 20;

/**
 * Sells one screening: holds a seat, confirms the hold, gives bookings back when a
 * quarter of the hall is booked, and now and then asks for a seat that is taken. It is
 * the only one who sells this screening, so it knows what every answer must be. Seats
 * of a command whose outcome it was not told are never asked for again.
 */
export class Seller {
  /** Everything that was promised, in the order of the answers. */
  readonly promised: Promised[] = [];
  private readonly free: number[];
  private readonly holds: Owned[] = [];
  private readonly bookings: Owned[] = [];
  private readonly bookingsMax: number;
  private commands = 0;
  /** Highest revision that was answered. */
  private revision = 0;

  constructor(
    readonly screeningId: string,
    seats: number,
  ) {
    this.free = Array.from({ length: seats }, (_, seat) => seat);
    this.bookingsMax = Math.floor(seats / 4);
  }

  /** Bookings that nobody tried to cancel: they must be there at the end. */
  get kept(): readonly Promised[] {
    return this.bookings;
  }

  /** Undefined when every seat is in some command's hands. */
  next(): Step | undefined {
    this.commands += 1;
    if (this.commands % CONTEND_EVERY === 0) {
      const taken = this.bookings.pop();
      if (taken !== undefined) return this.contend(taken);
    }
    const hold = this.holds.shift();
    if (hold !== undefined) return this.confirm(hold);
    const booking = this.bookings.length > this.bookingsMax ? this.bookings.shift() : undefined;
    if (booking !== undefined) return this.cancel(booking);
    const seat = this.free.shift();
    return seat === undefined ? undefined : this.hold(seat);
  }

  private hold(seat: number): Step {
    const buyer = this.buyerOf(seat);
    return this.step(holdSeat(buyer), `HoldSeats of ${buyer.seatId}`, (owner) => {
      this.promised.push({ owner, seat });
      this.holds.push({ buyer, seat, owner });
    });
  }

  private confirm({ buyer, seat, owner: token }: Owned): Step {
    return this.step(confirmHold(buyer, token), `ConfirmHold of ${buyer.seatId}`, (owner) => {
      this.promised.push({ owner, seat });
      this.bookings.push({ buyer, seat, owner });
    });
  }

  private cancel({ buyer, seat, owner }: Owned): Step {
    return this.step(cancelBooking(buyer, owner), `CancelBooking of ${buyer.seatId}`, () => {
      this.free.push(seat);
    });
  }

  /** Asks for a seat that is booked. The booking is out of the lists meanwhile, so that nobody gives it back. */
  private contend(taken: Owned): Step {
    const buyer = this.buyerOf(taken.seat);
    const errand = holdSeat(buyer);
    return {
      ...errand,
      settle: (answer) => {
        this.bookings.push(taken);
        const verdict = errand.read(answer);
        if (verdict.kind === 'failed') return verdict;
        const isRight = verdict.kind === 'refused' && verdict.seats.get(buyer.seatId) === 'SEAT_BOOKED';
        return isRight ? { kind: 'refused' } : this.wrong(`HoldSeats of ${buyer.seatId}, which is booked,`, verdict);
      },
    };
  }

  private step(errand: Errand<string>, name: string, done: (owner: string) => void): Step {
    // Whatever was answered before this is sent must have happened before it.
    const after = this.revision;
    return {
      ...errand,
      settle: (answer) => {
        const verdict = errand.read(answer);
        if (verdict.kind === 'failed') return verdict;
        if (verdict.kind !== 'done') return this.wrong(name, verdict);
        done(verdict.result);
        if (verdict.revision <= after) return this.wrong(`${name}, sent after revision ${String(after)},`, verdict);
        this.revision = Math.max(this.revision, verdict.revision);
        return { kind: 'done' };
      },
    };
  }

  private wrong(name: string, verdict: Exclude<Verdict<string>, { kind: 'failed' }>): Outcome {
    return { kind: 'wrong', what: `${this.screeningId}: ${name} ${told(verdict)}` };
  }

  private buyerOf(seat: number): Buyer {
    return {
      screeningId: this.screeningId,
      buyerId: `buyer-${String(this.commands)}`,
      seatId: `S-${String(seat)}`,
    };
  }
}

function told(verdict: Exclude<Verdict<string>, { kind: 'failed' }>): string {
  switch (verdict.kind) {
    case 'done':
      return `was answered OK at revision ${String(verdict.revision)}`;
    case 'refused':
      return `was refused ${verdict.reason}`;
    case 'wrong':
      return verdict.what;
  }
}
