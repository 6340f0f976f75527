import type { Answer, Operation, Refused } from '../history.js';
import type { Replayable, Window } from './replayable.js';
import { SeatLedger, unheardId, type Booking, type Hold } from './seat-ledger.js';

/** One step of a linearization. */
export interface Step {
  readonly operation: Operation;
  /**
   * - `told`: it happened, or was refused, as its caller was told.
   * - `untold`: it took effect and nobody heard of it.
   */
  readonly as: 'told' | 'untold';
}

type Request = Operation['request'];

/**
 * Some seats of a screening as one caller at a time would find them: the specification
 * that histories are held against, written from the API's documentation and not from
 * the code under test.
 *
 * An unheard effect before a step that did not need it could mostly as well come after it:
 * the step would otherwise show the effect, with one exception, a hold that ended by itself
 * or was released unheard just before (a guess). Where it could not, it is because its time
 * was up, because the hold it is about had ended, or because of another unheard effect on
 * the same hold or booking.
 */
export class SeatGroup implements Replayable<Step> {
  private readonly ledger: SeatLedger;

  /** @param clockSlackMs how far the nodes' clocks may be from the history's */
  constructor(clockSlackMs: number) {
    this.ledger = new SeatLedger(clockSlackMs);
  }

  /** Where a hold is taken to have ended by itself, it may as well have been released by somebody unheard. */
  take(step: Step, at: Window): 'impossible' | 'taken' | 'guessed' {
    const { expiries } = this.ledger;
    if (!this.isTaken(step, at)) return 'impossible';
    return this.ledger.expiries === expiries ? 'taken' : 'guessed';
  }

  mark(): number {
    return this.ledger.mark();
  }

  undo(mark: number): void {
    this.ledger.undo(mark);
  }

  fingerprint(): string {
    return this.ledger.fingerprint();
  }

  /** For people. */
  describe(): string {
    return this.ledger.describe();
  }

  helps({ operation: { request: effect } }: Step, { operation: { request, outcome }, as }: Step): boolean {
    const taken = as === 'told' && outcome.kind === 'refused' ? outcome.seats : {};
    const says = (seatIds: Iterable<string>, why: string): boolean =>
      [...seatIds].some((seat) => taken?.[seat] === why);
    // What it was given and not what it has: had the effect come earlier, it might still have it.
    const held = 'holdToken' in effect ? (this.ledger.holdOf(effect.holdToken)?.givenSeatIds ?? []) : [];
    const isOfSameHold = 'holdToken' in effect && 'holdToken' in request && effect.holdToken === request.holdToken;
    switch (effect.kind) {
      case 'hold':
        return says(effect.seatIds, 'SEAT_HELD');
      case 'book':
        return says(effect.seatIds, 'SEAT_BOOKED');
      case 'extend':
        return isOfSameHold || says(held, 'SEAT_HELD');
      case 'confirm':
        return isOfSameHold || says(held, 'SEAT_BOOKED');
      case 'release':
        return isOfSameHold || share(held, seatsOf(request));
      case 'cancel': {
        if ('bookingId' in request && effect.bookingId === request.bookingId) return true;
        return share(this.ledger.bookingOf(effect.bookingId)?.givenSeatIds ?? [], seatsOf(request));
      }
      case 'get-hold':
      case 'get-booking':
        return false;
    }
  }

  private isTaken({ operation, as }: Step, at: Window): boolean {
    const { request, outcome } = operation;
    if (as === 'untold') return this.happens(operation, at);
    switch (outcome.kind) {
      case 'unknown':
        return false;
      case 'refused':
        return this.refuses(request, outcome, at);
      case 'ok': {
        const { revision } = outcome.answer;
        if (revision !== undefined && !this.ledger.isInOrder(revision)) return false;
        return this.succeeds(request, outcome.answer, at);
      }
    }
  }

  private succeeds(request: Request, answer: Answer, at: Window): boolean {
    switch (request.kind) {
      case 'hold':
      case 'book':
        return sameSeats(request.seatIds, answer.seatIds) && this.takes(request, answer, at);
      case 'extend':
      case 'release':
      case 'confirm':
      case 'get-hold': {
        const hold = this.holdOfBuyer(request, at);
        return hold !== undefined && this.succeedsWithHold(request, hold, answer);
      }
      case 'cancel': {
        const booking = this.activeBooking(request);
        const gone = answer.goneSeatIds ?? [];
        if (booking === undefined || !sameSeats(gone, some(request.seatIds, booking.seatIds))) return false;
        if (!this.ledger.cancel(request.bookingId, booking, gone)) return false;
        return sameSeats(this.ledger.bookingOf(request.bookingId)?.seatIds ?? [], answer.seatIds);
      }
      case 'get-booking': {
        const booking = this.ledger.bookingOf(request.bookingId);
        return booking !== undefined && sameSeats(booking.seatIds, answer.seatIds);
      }
    }
  }

  private takes(request: Extract<Request, { kind: 'hold' | 'book' }>, { id, expireMs }: Answer, at: Window): boolean {
    const seatIds = new Set(request.seatIds);
    const { buyerId } = request;
    if (request.kind === 'book') return this.ledger.book(id, { buyerId, seatIds }, at);
    if (expireMs === undefined) return false;
    return this.ledger.hold(id, { buyerId, seatIds, endsFromMs: expireMs, endsByMs: expireMs }, at);
  }

  private succeedsWithHold(
    request: Extract<Request, { holdToken: string }>,
    hold: Hold,
    { id, seatIds, goneSeatIds = [], expireMs = Number.NaN }: Answer,
  ): boolean {
    const { holdToken } = request;
    const isNotSooner = expireMs >= hold.endsFromMs - this.ledger.clockSlackMs;
    switch (request.kind) {
      case 'extend':
        if (!isNotSooner || !sameSeats(hold.seatIds, seatIds)) return false;
        return this.ledger.extend(holdToken, hold, { endsFromMs: expireMs, endsByMs: expireMs });
      case 'release':
        if (!sameSeats(goneSeatIds, some(request.seatIds, hold.seatIds))) return false;
        if (!this.ledger.release(holdToken, hold, goneSeatIds)) return false;
        return sameSeats(this.ledger.holdOf(holdToken)?.seatIds ?? [], seatIds);
      case 'confirm':
        return sameSeats(hold.seatIds, seatIds) && this.ledger.confirm(holdToken, hold, id);
      case 'get-hold':
        return isNotSooner && expireMs <= hold.endsByMs + this.ledger.clockSlackMs && sameSeats(hold.seatIds, seatIds);
    }
  }

  private refuses(request: Request, refused: Refused, at: Window): boolean {
    switch (request.kind) {
      case 'hold':
      case 'book':
        return refused.reason === 'SEAT_UNAVAILABLE' && this.isInTheWay(request.seatIds, refused.seats ?? {}, at);
      case 'extend':
      case 'release':
      case 'confirm':
      case 'get-hold':
        return this.refusesHold(request, refused, at);
      case 'cancel': {
        const booking = this.ledger.bookingOf(request.bookingId);
        if (booking === undefined) return false;
        if (refused.reason === 'BOOKING_NOT_FOUND') return refused.ended === 'cancelled' && booking.seatIds.size === 0;
        if (refused.reason === 'BOOKING_BUYER_MISMATCH') return booking.buyerId !== request.buyerId;
        return refused.reason === 'INVALID_FIELD' && hasStrangers(request.seatIds, this.activeBooking(request));
      }
      case 'get-booking':
        // A caller knows the id from an answer, and nothing answered is ever lost.
        return false;
    }
  }

  /** Exactly the seats that are named are taken, and as it says. */
  private isInTheWay(seatIds: readonly string[], taken: Readonly<Record<string, string>>, at: Window): boolean {
    const named = Object.keys(taken);
    if (named.length === 0 || named.some((seatId) => !seatIds.includes(seatId))) return false;
    return seatIds.every((seatId) => {
      const why = taken[seatId];
      if (why === undefined) return this.ledger.isFree(seatId, at);
      return (
        why === { hold: 'SEAT_HELD', booking: 'SEAT_BOOKED', none: '' }[this.ledger.occupantOf(seatId, at) ?? 'none']
      );
    });
  }

  private refusesHold(
    request: Extract<Request, { holdToken: string }>,
    { reason, ended }: Refused,
    at: Window,
  ): boolean {
    const hold = this.ledger.holdOf(request.holdToken);
    // A caller knows the token from an answer, and nothing answered is ever lost.
    if (hold === undefined) return false;
    if (reason === 'HOLD_TOKEN_MISMATCH') return hold.buyerId !== request.buyerId;
    if (hold.buyerId !== request.buyerId) return false;
    switch (reason) {
      case 'HOLD_EXPIRED':
        return this.ledger.hasExpired(request.holdToken, at);
      case 'HOLD_NOT_FOUND':
        return hold.state === ended && (ended === 'released' || ended === 'confirmed');
      case 'INVALID_FIELD':
        return request.kind === 'release' && hasStrangers(request.seatIds, this.holdOfBuyer(request, at));
      default:
        return false;
    }
  }

  /** The effect of an operation nobody heard of. Nobody knows its token or booking id either. */
  private happens({ id, request, invokedMs }: Operation, at: Window): boolean {
    const unknownId = unheardId(id);
    switch (request.kind) {
      case 'hold': {
        const { buyerId, ttlMs } = request;
        const seatIds = new Set(request.seatIds);
        return this.ledger.hold(unknownId, { buyerId, seatIds, endsFromMs: invokedMs + ttlMs, endsByMs: Infinity }, at);
      }
      case 'book':
        return this.ledger.book(unknownId, { buyerId: request.buyerId, seatIds: new Set(request.seatIds) }, at);
      case 'extend':
      case 'release':
      case 'confirm': {
        const hold = this.holdOfBuyer(request, at);
        if (hold === undefined) return false;
        if (request.kind === 'confirm') return this.ledger.confirm(request.holdToken, hold, unknownId);
        if (request.kind === 'release')
          return this.ledger.release(request.holdToken, hold, some(request.seatIds, hold.seatIds));
        return this.ledger.extend(request.holdToken, hold, {
          endsFromMs: invokedMs + request.ttlMs,
          endsByMs: Infinity,
        });
      }
      case 'cancel': {
        const booking = this.activeBooking(request);
        if (booking === undefined) return false;
        return this.ledger.cancel(request.bookingId, booking, some(request.seatIds, booking.seatIds));
      }
      case 'get-hold':
      case 'get-booking':
        return false;
    }
  }

  private holdOfBuyer(
    { holdToken, buyerId }: { readonly holdToken: string; readonly buyerId: string },
    at: Window,
  ): Hold | undefined {
    const hold = this.ledger.liveHold(holdToken, at);
    return hold?.buyerId === buyerId ? hold : undefined;
  }

  private activeBooking({
    bookingId,
    buyerId,
  }: {
    readonly bookingId: string;
    readonly buyerId: string;
  }): Booking | undefined {
    const booking = this.ledger.bookingOf(bookingId);
    return booking?.buyerId === buyerId && booking.seatIds.size > 0 ? booking : undefined;
  }
}

/** In requests no seats means all of them. */
function some(seatIds: readonly string[], all: ReadonlySet<string>): Iterable<string> {
  return seatIds.length === 0 ? all : seatIds;
}

/** Seats a request wants for itself. */
function seatsOf(request: Request): readonly string[] {
  return request.kind === 'hold' || request.kind === 'book' ? request.seatIds : [];
}

function share(ones: Iterable<string>, others: readonly string[]): boolean {
  return [...ones].some((seatId) => others.includes(seatId));
}

function hasStrangers(seatIds: readonly string[], of: Hold | Booking | undefined): boolean {
  return of !== undefined && seatIds.some((seatId) => !of.seatIds.has(seatId));
}

function sameSeats(ones: Iterable<string>, others: Iterable<string>): boolean {
  const a = new Set(ones);
  const b = new Set(others);
  return a.size === b.size && [...a].every((seatId) => b.has(seatId));
}
