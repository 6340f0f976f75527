import { api, ApiFailure, type Party } from './api-client.js';
import { buyerId, uuid } from './buyer.js';
import type { OwnHold, Reservation, ReservationStore } from './reservation-store.js';

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
    if (this.reservation.phase === 'held') await this.check();
    else await this.retry();
  }

  hold(seatIds: readonly string[]): Promise<void> {
    return this.begin({ phase: 'holding', requestId: uuid(), seatIds });
  }

  confirm(): Promise<void> {
    return this.withHold((hold) => ({ phase: 'confirming', hold }));
  }

  extend(): Promise<void> {
    return this.withHold((hold) => ({ phase: 'extending', requestId: uuid(), hold }));
  }

  release(): Promise<void> {
    return this.withHold((hold) => ({ phase: 'releasing', requestId: uuid(), hold }));
  }

  /** The hold may be no more: asks what became of it. A step under way will tell; then this does nothing. */
  check(): Promise<void> {
    return this.withHold((hold) => ({ phase: 'checking', hold }));
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

  private async withHold(step: (hold: OwnHold) => Reservation): Promise<void> {
    if (this.reservation.phase === 'held') await this.begin(step(this.reservation.hold));
  }

  private begin(reservation: Reservation): Promise<void> {
    if (this.isBusy) return Promise.resolve();
    this.set(reservation);
    // What is only asked can be asked again.
    return this.attempt(reservation.phase === 'checking');
  }

  private async run(reservation: Reservation): Promise<Reservation> {
    switch (reservation.phase) {
      case 'none':
      case 'held':
      case 'booked':
        return reservation;
      case 'holding': {
        const hold = await api.hold(this.party(reservation.requestId), reservation.seatIds, this.ttlSeconds);
        return { phase: 'held', hold: { ...hold, confirmId: uuid() } };
      }
      case 'extending': {
        const { requestId, hold } = reservation;
        const extended = await api.extend(this.party(requestId), hold.hold_token, this.ttlSeconds);
        return { phase: 'held', hold: { ...hold, ...extended } };
      }
      case 'checking': {
        const { hold } = reservation;
        const found = await api.getHold(this.screeningId, buyerId(), hold.hold_token);
        return { phase: 'held', hold: { ...hold, ...found } };
      }
      case 'releasing':
        await api.release(this.party(reservation.requestId), reservation.hold.hold_token);
        return { phase: 'none' };
      case 'confirming': {
        const { hold } = reservation;
        const booking = await api.confirm(this.party(hold.confirmId), hold.hold_token);
        this.bookedSeatIds = [...this.bookedSeatIds, ...booking.seat_ids];
        return { phase: 'booked', booking };
      }
    }
  }

  private fail(error: unknown, isInDoubt: boolean): void {
    const failure = error instanceof ApiFailure ? error : new ApiFailure('INTERNAL', 'INTERNAL', String(error), {}, []);
    const { reservation } = this;
    // What is unknown stays as it is, for retry().
    if (failure.isOutcomeUnknown || (isInDoubt && failure.isTurnedAway)) this.set(reservation);
    else if (!('hold' in reservation)) this.set({ phase: 'none' });
    else if (failure.isConfirmedAlready && reservation.phase !== 'confirming') {
      // In a copy of this tab, as a rule: the same confirmation again is answered with the booking.
      void this.begin({ phase: 'confirming', hold: reservation.hold });
      return;
    } else if (isHoldGone(failure)) this.holdGone(reservation.hold, failure);
    else this.set({ phase: 'held', hold: reservation.hold });
    if (!this.isOver) this.listener.failed(failure);
  }

  private holdGone(hold: OwnHold, failure: ApiFailure): void {
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
