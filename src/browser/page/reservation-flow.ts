import { api, ApiFailure, type Party } from './api-client.js';
import type { Hold } from './api-types.js';
import { buyerId, uuid } from './buyer.js';
import type { Reservation, ReservationStore } from './reservation-store.js';

export interface FlowListener {
  changed(reservation: Reservation): void;
  failed(failure: ApiFailure): void;
}

/**
 * What a viewer does with seats of one screening, one step at a time. A step whose
 * outcome is unknown stays where it is, and retry() (also after a reload) repeats it
 * with the same request_id.
 */
export class ReservationFlow {
  private reservation: Reservation;
  private bookedSeatIds: readonly string[];
  private isBusy = false;
  private isOver = false;

  constructor(
    private readonly screeningId: string,
    private readonly ttlSeconds: number | undefined,
    private readonly store: ReservationStore,
    private readonly listener: FlowListener,
  ) {
    ({ reservation: this.reservation, bookedSeatIds: this.bookedSeatIds } = store.load());
  }

  get state(): Reservation {
    return this.reservation;
  }

  get busy(): boolean {
    return this.isBusy;
  }

  get booked(): readonly string[] {
    return this.bookedSeatIds;
  }

  /** The seats that are the viewer's or on their way to be. */
  get ownSeatIds(): readonly string[] {
    if (this.reservation.phase === 'holding') return this.reservation.seatIds;
    return 'hold' in this.reservation ? this.reservation.hold.seat_ids : [];
  }

  /** Goes on where the page was when it was left. */
  async resume(): Promise<void> {
    if (this.reservation.phase === 'held') await this.checkHold(this.reservation.hold);
    else await this.retry();
  }

  hold(seatIds: readonly string[]): Promise<void> {
    return this.begin({ phase: 'holding', requestId: uuid(), seatIds });
  }

  confirm(): Promise<void> {
    return this.withHold('confirming');
  }

  extend(): Promise<void> {
    return this.withHold('extending');
  }

  release(): Promise<void> {
    return this.withHold('releasing');
  }

  /** The hold's time is over; a confirmation under way is left to the server to judge. */
  expired(): void {
    if (this.reservation.phase === 'held' || this.reservation.phase === 'extending') this.set({ phase: 'none' });
  }

  /** After a booking: choose again. */
  startOver(): void {
    if (this.reservation.phase === 'booked') this.set({ phase: 'none' });
  }

  /** Repeats the step under way, if there is one: it would not be any more, were its outcome not in doubt. */
  retry(): Promise<void> {
    return this.attempt(true);
  }

  /** @param isInDoubt the step may have been done before. */
  private async attempt(isInDoubt: boolean): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.listener.changed(this.reservation);
    try {
      const next = await this.run(this.reservation);
      this.isBusy = false;
      this.set(next);
    } catch (error) {
      this.isBusy = false;
      this.fail(error, isInDoubt);
    }
  }

  /** Another screening is shown: what is still under way is finished, but no longer told. */
  leave(): void {
    this.isOver = true;
  }

  private async withHold(phase: 'confirming' | 'releasing' | 'extending'): Promise<void> {
    if (this.reservation.phase === 'held') await this.begin({ phase, requestId: uuid(), hold: this.reservation.hold });
  }

  private begin(reservation: Reservation): Promise<void> {
    if (this.isBusy) return Promise.resolve();
    this.set(reservation);
    return this.attempt(false);
  }

  private async run(reservation: Reservation): Promise<Reservation> {
    switch (reservation.phase) {
      case 'none':
      case 'held':
      case 'booked':
        return reservation;
      case 'holding':
        return {
          phase: 'held',
          hold: await api.hold(this.party(reservation.requestId), reservation.seatIds, this.ttlSeconds),
        };
      case 'extending':
        return {
          phase: 'held',
          hold: await api.extend(this.party(reservation.requestId), reservation.hold.hold_token, this.ttlSeconds),
        };
      case 'releasing':
        await api.release(this.party(reservation.requestId), reservation.hold.hold_token);
        return { phase: 'none' };
      case 'confirming': {
        const booking = await api.confirm(this.party(reservation.requestId), reservation.hold.hold_token);
        this.bookedSeatIds = [...this.bookedSeatIds, ...booking.seat_ids];
        return { phase: 'booked', booking };
      }
    }
  }

  private fail(error: unknown, isInDoubt: boolean): void {
    const failure = error instanceof ApiFailure ? error : new ApiFailure('INTERNAL', 'INTERNAL', String(error), {}, []);
    // What is unknown stays as it is, for retry().
    if (failure.isOutcomeUnknown || (isInDoubt && failure.isTurnedAway)) this.set(this.reservation);
    else if (!('hold' in this.reservation)) this.set({ phase: 'none' });
    else if (isHoldGone(failure)) this.holdGone(this.reservation.hold, failure);
    else this.set({ phase: 'held', hold: this.reservation.hold });
    if (!this.isOver) this.listener.failed(failure);
  }

  /** After a reload: the hold may have ended meanwhile, or been confirmed in another tab. */
  private async checkHold(known: Hold): Promise<void> {
    try {
      const hold = await api.getHold(this.screeningId, buyerId(), known.hold_token);
      if (this.reservation.phase === 'held') this.set({ phase: 'held', hold });
    } catch (error) {
      if (error instanceof ApiFailure && isHoldGone(error) && this.reservation.phase === 'held')
        this.holdGone(known, error);
    }
  }

  private holdGone(hold: Hold, failure: ApiFailure): void {
    if (failure.isConfirmedAlready) this.bookedSeatIds = [...this.bookedSeatIds, ...hold.seat_ids];
    this.set({ phase: 'none' });
  }

  private party(requestId: string): Party {
    return { request_id: requestId, screening_id: this.screeningId, buyer_id: buyerId() };
  }

  private set(reservation: Reservation): void {
    this.reservation = reservation;
    this.store.save({ reservation, bookedSeatIds: this.bookedSeatIds });
    if (!this.isOver) this.listener.changed(reservation);
  }
}

const isHoldGone = ({ reason }: ApiFailure): boolean =>
  reason === 'HOLD_EXPIRED' || reason === 'HOLD_NOT_FOUND' || reason === 'HOLD_TOKEN_MISMATCH';
