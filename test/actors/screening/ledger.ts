import { expect } from 'chai';
import type { ScreeningAnswer } from '../../../actors/screening/answers.js';
import type { Mutation } from './random-life.js';

type Owner =
  | { readonly kind: 'hold'; readonly holdToken: string; readonly buyerId: string }
  | { readonly kind: 'booking'; readonly bookingId: string; readonly buyerId: string }
  | { readonly kind: 'block' };

/**
 * Who owns which seat, kept only from the answers that were given, as the buyers
 * together would know it. Knows nothing of how the screening keeps its state.
 */
export class Ledger {
  private readonly owners = new Map<string, Owner>();
  private readonly ends = new Map<string, number>();

  constructor(
    private readonly seatIds: readonly string[],
    blocked: readonly string[],
  ) {
    for (const seatId of blocked) this.owners.set(seatId, { kind: 'block' });
  }

  /** Time passed: seats of dead holds are anyone's. */
  passTo(nowMs: number): void {
    for (const [seatId, owner] of this.owners) {
      if (owner.kind === 'hold' && (this.ends.get(owner.holdToken) ?? 0) <= nowMs) this.owners.delete(seatId);
    }
  }

  /** Notes an answer that was given for the first time, having checked that it may be given. */
  note(command: Mutation, answer: ScreeningAnswer, nowMs: number): void {
    switch (answer.kind) {
      case 'held': {
        const { holdToken, buyerId, seatIds, expireTimeMs } = answer.hold;
        expect(expireTimeMs, 'end of a new hold').to.be.above(nowMs);
        for (const seatId of seatIds) this.take(seatId, { kind: 'hold', holdToken, buyerId });
        this.ends.set(holdToken, expireTimeMs);
        return;
      }
      case 'extended':
        this.seatsOfHold(answer.hold.holdToken, answer.hold.seatIds, nowMs);
        expect(answer.hold.expireTimeMs).to.be.at.least(this.ends.get(answer.hold.holdToken) ?? Infinity);
        expect(answer.hold.expireTimeMs).to.be.at.most(answer.hold.maxExpireTimeMs);
        this.ends.set(answer.hold.holdToken, answer.hold.expireTimeMs);
        return;
      case 'released': {
        if (command.kind !== 'release-hold') throw new Error(command.kind);
        const all = [...answer.releasedSeatIds, ...(answer.hold?.seatIds ?? [])];
        this.seatsOfHold(command.holdToken, all, nowMs);
        for (const seatId of answer.releasedSeatIds) this.owners.delete(seatId);
        return;
      }
      case 'booked': {
        const { bookingId, buyerId, seatIds } = answer.booking;
        if (command.kind === 'confirm-hold') {
          this.seatsOfHold(command.holdToken, seatIds, nowMs);
          for (const seatId of seatIds) this.owners.delete(seatId);
        }
        for (const seatId of seatIds) this.take(seatId, { kind: 'booking', bookingId, buyerId });
        return;
      }
      case 'booking-cancelled': {
        const { bookingId, seatIds } = answer.booking;
        const owned = this.seatsWhere((owner) => owner.kind === 'booking' && owner.bookingId === bookingId);
        expect([...seatIds, ...answer.cancelledSeatIds]).to.have.members(owned);
        for (const seatId of answer.cancelledSeatIds) this.owners.delete(seatId);
        return;
      }
      case 'terms':
        if (!answer.cancelled) return;
        for (const seatId of this.seatsWhere((owner) => owner.kind === 'hold')) this.owners.delete(seatId);
        return;
      case 'refused':
        if (answer.refusal.kind === 'seat-unavailable') this.checkUnavailable(command, answer.refusal.seats);
        return;
      case 'hold':
      case 'seat-states':
        throw new Error(`${answer.kind} answers no mutation`);
    }
  }

  /** SeatState by layout index. */
  states(): Uint8Array {
    return Uint8Array.from(this.seatIds, (seatId) => this.stateOf(seatId));
  }

  /** Booking id and buyer of every booked seat. */
  bookedSeats(): ReadonlyMap<string, string> {
    const booked = new Map<string, string>();
    for (const [seatId, owner] of this.owners) if (owner.kind === 'booking') booked.set(seatId, owner.bookingId);
    return booked;
  }

  private stateOf(seatId: string): number {
    return { none: 1, hold: 2, booking: 3, block: 4 }[this.owners.get(seatId)?.kind ?? 'none'];
  }

  private take(seatId: string, owner: Owner): void {
    expect(this.owners.get(seatId), `${seatId} had an owner`).to.equal(undefined);
    this.owners.set(seatId, owner);
  }

  private seatsOfHold(holdToken: string, seatIds: readonly string[], nowMs: number): void {
    expect(this.ends.get(holdToken), 'end of a hold in use').to.be.above(nowMs);
    const owned = this.seatsWhere((owner) => owner.kind === 'hold' && owner.holdToken === holdToken);
    expect(seatIds).to.have.members(owned);
  }

  private seatsWhere(test: (owner: Owner) => boolean): readonly string[] {
    return [...this.owners].filter(([, owner]) => test(owner)).map(([seatId]) => seatId);
  }

  /** Exactly the seats asked for that have an owner, in plan order, with what they are. */
  private checkUnavailable(
    command: Mutation,
    seats: readonly { readonly seatId: string; readonly state: number }[],
  ): void {
    if (command.kind !== 'hold-seats' && command.kind !== 'book-seats') throw new Error(command.kind);
    const expected = this.seatIds
      .filter((seatId) => command.seatIds.includes(seatId) && this.owners.has(seatId))
      .map((seatId) => ({ seatId, state: this.stateOf(seatId) }));
    expect(seats).to.deep.equal(expected);
  }
}
