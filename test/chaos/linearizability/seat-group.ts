import type { Operation } from '../history.js';
import { refuses } from './refusal.js';
import type { Replayable, Window } from './replayable.js';
import { SeatLedger } from './seat-ledger.js';
import { succeeds } from './success.js';
import { happens } from './unheard.js';

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
    if (as === 'untold') return happens(this.ledger, operation, at);
    switch (outcome.kind) {
      case 'unknown':
        return false;
      case 'refused':
        return refuses(this.ledger, request, outcome, at);
      case 'ok': {
        const { revision } = outcome.answer;
        if (revision !== undefined && !this.ledger.isInOrder(revision)) return false;
        return succeeds(this.ledger, request, outcome.answer, at);
      }
    }
  }
}

/** Seats a request wants for itself. */
function seatsOf(request: Request): readonly string[] {
  return request.kind === 'hold' || request.kind === 'book' ? request.seatIds : [];
}

function share(ones: Iterable<string>, others: readonly string[]): boolean {
  return [...ones].some((seatId) => others.includes(seatId));
}
