import type {
  BookSeats,
  CancelBooking,
  CancelScreening,
  ConfirmHold,
  ExtendHold,
  GetHold,
  GetSeatStates,
  HoldSeats,
  ReleaseHold,
  UpdateScreening,
} from '../../../actors/screening/commands.js';

let requests = 0;

/** A request id no other command of this run has. */
function freshRequestId(): string {
  requests += 1;
  return `00000000-0000-4000-8000-${String(requests).padStart(12, '0')}`;
}

/** Commands as a buyer would word them; every one draws a request id unless `more` names one. */
export const ask = {
  hold: (buyerId: string, seatIds: readonly string[], more: Partial<HoldSeats> = {}): HoldSeats => ({
    kind: 'hold-seats',
    requestId: freshRequestId(),
    buyerId,
    seatIds,
    ttlMs: undefined,
    revision: undefined,
    validateOnly: false,
    ...more,
  }),
  extend: (buyerId: string, holdToken: string, more: Partial<ExtendHold> = {}): ExtendHold => ({
    kind: 'extend-hold',
    requestId: freshRequestId(),
    buyerId,
    holdToken,
    ttlMs: undefined,
    ...more,
  }),
  release: (buyerId: string, holdToken: string, seatIds: readonly string[] = []): ReleaseHold => ({
    kind: 'release-hold',
    requestId: freshRequestId(),
    buyerId,
    holdToken,
    seatIds,
  }),
  confirm: (buyerId: string, holdToken: string): ConfirmHold => ({
    kind: 'confirm-hold',
    requestId: freshRequestId(),
    buyerId,
    holdToken,
  }),
  book: (buyerId: string, seatIds: readonly string[], more: Partial<BookSeats> = {}): BookSeats => ({
    kind: 'book-seats',
    requestId: freshRequestId(),
    buyerId,
    seatIds,
    revision: undefined,
    validateOnly: false,
    ...more,
  }),
  cancelBooking: (buyerId: string, bookingId: string, seatIds: readonly string[] = []): CancelBooking => ({
    kind: 'cancel-booking',
    requestId: freshRequestId(),
    buyerId,
    bookingId,
    seatIds,
  }),
  update: (terms: UpdateScreening['terms'], revision?: number): UpdateScreening => ({
    kind: 'update-screening',
    requestId: freshRequestId(),
    buyerId: '',
    terms,
    revision,
  }),
  cancelScreening: (revision?: number): CancelScreening => ({
    kind: 'cancel-screening',
    requestId: freshRequestId(),
    buyerId: '',
    revision,
  }),
  seatStates: (knownRevision?: number): GetSeatStates => ({ kind: 'get-seat-states', knownRevision }),
  getHold: (buyerId: string, holdToken: string): GetHold => ({ kind: 'get-hold', buyerId, holdToken }),
};
