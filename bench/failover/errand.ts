import { randomUUID } from 'node:crypto';
import type { Hold } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import {
  CancelBookingRequest,
  CancelBookingResponse,
  ConfirmHoldRequest,
  ConfirmHoldResponse,
  HoldSeatsRequest,
  HoldSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { Answer } from './client.js';
import { readRefusal } from './refusal.js';

const SEATS = '/cinema.boxoffice.v1.SeatService';
const TOKEN_FORM = /^[A-Za-z0-9_-]{22}$/;

/** What an answer says, once it is decoded and compared with what it must say. */
export type Verdict<Result> =
  | { readonly kind: 'done'; readonly result: Result; readonly revision: number }
  /** A business no. */
  | { readonly kind: 'refused'; readonly reason: string; readonly seats: ReadonlyMap<string, string> }
  /** Any other status: the system's fault. */
  | { readonly kind: 'failed'; readonly status: number }
  | { readonly kind: 'wrong'; readonly what: string };

/** One command: what to send, and how to read the answer. */
export interface Errand<Result> {
  readonly path: string;
  readonly request: Uint8Array;
  read(answer: Answer): Verdict<Result>;
}

/** Who asks, for which seat. */
export interface Buyer {
  readonly screeningId: string;
  readonly buyerId: string;
  /** S-<index> of a synthetic hall. */
  readonly seatId: string;
}

/** Answers the hold's token. */
export function holdSeat({ screeningId, buyerId, seatId }: Buyer): Errand<string> {
  const request = HoldSeatsRequest.fromPartial({ requestId: randomUUID(), screeningId, buyerId, seatIds: [seatId] });
  return {
    path: `${SEATS}/HoldSeats`,
    request: HoldSeatsRequest.encode(request).finish(),
    read: (answer) =>
      verdict(answer, HoldSeatsResponse, ({ hold }) => {
        const isRight =
          hold !== undefined && TOKEN_FORM.test(hold.holdToken) && isOf({ screeningId, buyerId, seatId }, hold);
        return isRight ? hold.holdToken : undefined;
      }),
  };
}

/** Answers the booking's id. */
export function confirmHold({ screeningId, buyerId, seatId }: Buyer, holdToken: string): Errand<string> {
  const request = ConfirmHoldRequest.fromPartial({ requestId: randomUUID(), screeningId, buyerId, holdToken });
  return {
    path: `${SEATS}/ConfirmHold`,
    request: ConfirmHoldRequest.encode(request).finish(),
    read: (answer) =>
      verdict(answer, ConfirmHoldResponse, ({ booking }) => {
        const isRight =
          booking !== undefined && booking.bookingId !== '' && isOf({ screeningId, buyerId, seatId }, booking);
        return isRight ? booking.bookingId : undefined;
      }),
  };
}

/** Answers the booking's id. */
export function cancelBooking({ screeningId, buyerId, seatId }: Buyer, bookingId: string): Errand<string> {
  const request = CancelBookingRequest.fromPartial({ requestId: randomUUID(), screeningId, buyerId, bookingId });
  return {
    path: `${SEATS}/CancelBooking`,
    request: CancelBookingRequest.encode(request).finish(),
    read: (answer) =>
      verdict(answer, CancelBookingResponse, ({ booking, cancelledSeatIds }) => {
        const isRight = booking?.bookingId === bookingId && cancelledSeatIds.join() === seatId;
        return isRight ? bookingId : undefined;
      }),
  };
}

function isOf(
  { screeningId, buyerId, seatId }: Buyer,
  answered: Pick<Hold, 'screeningId' | 'buyerId' | 'seatIds'>,
): boolean {
  return answered.screeningId === screeningId && answered.buyerId === buyerId && answered.seatIds.join() === seatId;
}

/** Codes by which the API says no: the caller's business, not the system's. */
const REFUSALS = new Map([
  [3, 'INVALID_ARGUMENT'],
  [5, 'NOT_FOUND'],
  [6, 'ALREADY_EXISTS'],
  [7, 'PERMISSION_DENIED'],
  [9, 'FAILED_PRECONDITION'],
  [10, 'ABORTED'],
  [11, 'OUT_OF_RANGE'],
]);

/** @param result undefined when the response is not what it must be */
function verdict<Response extends { readonly revision: number }, Result>(
  { status, message, details }: Answer,
  type: { decode(bytes: Uint8Array): Response },
  result: (response: Response) => Result | undefined,
): Verdict<Result> {
  if (status === 0) return verdictOnOk(message, type, result);
  const code = REFUSALS.get(status);
  if (code === undefined) return { kind: 'failed', status };
  const refusal = readRefusal(details);
  return refusal === undefined
    ? { kind: 'wrong', what: `was refused ${code} without a reason` }
    : { kind: 'refused', reason: refusal.reason, seats: refusal.seats };
}

function verdictOnOk<Response extends { readonly revision: number }, Result>(
  message: Buffer,
  type: { decode(bytes: Uint8Array): Response },
  result: (response: Response) => Result | undefined,
): Verdict<Result> {
  let response: Response;
  try {
    response = type.decode(message);
  } catch (error) {
    return { kind: 'wrong', what: `was answered with bytes that are no message: ${String(error)}` };
  }
  const right = result(response);
  return right === undefined
    ? { kind: 'wrong', what: `was answered ${JSON.stringify(response)}` }
    : { kind: 'done', result: right, revision: response.revision };
}
