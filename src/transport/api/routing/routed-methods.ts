import * as screenings from '../../../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import * as seats from '../../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { PeerMethod, type MessageFns } from '../../../../proto/gen/cinema/cluster/v1/peer_service.js';
import { strictReader } from '../../wire/index.js';
import { invalidFields } from '../api-error.js';
import type { BoxOffice, Method } from '../box-office.js';

/** A method that only the screening's owner can answer. */
export interface RoutedMethod<Request, Response> {
  /** Its number between nodes. */
  readonly number: PeerMethod;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
  /** Field of the request that names the screening. */
  readonly screeningIdField: number;
  /** Field that names the buyer, for a method that changes the buyer's bookings. */
  readonly bookingBuyerField?: number;
}

/** Message and bytes, as the generated code has it. */
export type Codec<Message> = Pick<MessageFns<Message>, 'encode' | 'decode'>;

/** Every method that a screening's actor decides. The others are answered by any node. */
export const routedMethods = {
  holdSeats: {
    number: PeerMethod.PEER_METHOD_HOLD_SEATS,
    request: seats.HoldSeatsRequest,
    response: seats.HoldSeatsResponse,
    screeningIdField: 2,
  },
  extendHold: {
    number: PeerMethod.PEER_METHOD_EXTEND_HOLD,
    request: seats.ExtendHoldRequest,
    response: seats.ExtendHoldResponse,
    screeningIdField: 2,
  },
  getHold: {
    number: PeerMethod.PEER_METHOD_GET_HOLD,
    request: seats.GetHoldRequest,
    response: seats.GetHoldResponse,
    screeningIdField: 1,
  },
  releaseHold: {
    number: PeerMethod.PEER_METHOD_RELEASE_HOLD,
    request: seats.ReleaseHoldRequest,
    response: seats.ReleaseHoldResponse,
    screeningIdField: 2,
  },
  confirmHold: {
    number: PeerMethod.PEER_METHOD_CONFIRM_HOLD,
    request: seats.ConfirmHoldRequest,
    response: seats.ConfirmHoldResponse,
    screeningIdField: 2,
    bookingBuyerField: 3,
  },
  bookSeats: {
    number: PeerMethod.PEER_METHOD_BOOK_SEATS,
    request: seats.BookSeatsRequest,
    response: seats.BookSeatsResponse,
    screeningIdField: 2,
    bookingBuyerField: 3,
  },
  cancelBooking: {
    number: PeerMethod.PEER_METHOD_CANCEL_BOOKING,
    request: seats.CancelBookingRequest,
    response: seats.CancelBookingResponse,
    screeningIdField: 2,
    bookingBuyerField: 3,
  },
  updateScreening: {
    number: PeerMethod.PEER_METHOD_UPDATE_SCREENING,
    request: screenings.UpdateScreeningRequest,
    response: screenings.UpdateScreeningResponse,
    screeningIdField: 2,
  },
  cancelScreening: {
    number: PeerMethod.PEER_METHOD_CANCEL_SCREENING,
    request: screenings.CancelScreeningRequest,
    response: screenings.CancelScreeningResponse,
    screeningIdField: 2,
  },
} as const satisfies { readonly [Name in keyof BoxOffice]?: MethodOf<BoxOffice[Name]> };

export type RoutedName = keyof typeof routedMethods;

type MethodOf<Api> = Api extends Method<infer Request, infer Response> ? RoutedMethod<Request, Response> : never;

/** @throws ApiError INVALID_ARGUMENT when the bytes are not the message */
export function decoded<Message>(codec: Codec<Message>, bytes: Uint8Array): Message {
  try {
    return codec.decode(strictReader(bytes));
  } catch {
    throw invalidFields([{ field: 'request', description: 'is not a valid protobuf message' }]);
  }
}
