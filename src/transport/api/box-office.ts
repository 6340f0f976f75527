import type * as screenings from '../../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import type * as seats from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';

/** What a call brings besides its request. */
export interface Call {
  /** Clock time in ms after which the caller no longer waits; the command then has no effect. */
  readonly deadlineMs: number;
}

/** A method of the API. */
export type Method<Request, Response> = (request: Request, call: Call) => Promise<Response>;

/**
 * The public contract, one function per method, whatever the wire: gRPC, the Execute
 * stream and HTTP all come through here. The protos document each method.
 * Every function rejects with an ApiError and nothing else.
 */
export interface BoxOffice {
  readonly createAuditorium: Method<screenings.CreateAuditoriumRequest, screenings.CreateAuditoriumResponse>;
  readonly getAuditorium: Method<screenings.GetAuditoriumRequest, screenings.GetAuditoriumResponse>;
  readonly listAuditoriums: Method<screenings.ListAuditoriumsRequest, screenings.ListAuditoriumsResponse>;
  readonly createScreening: Method<screenings.CreateScreeningRequest, screenings.CreateScreeningResponse>;
  readonly getScreening: Method<screenings.GetScreeningRequest, screenings.GetScreeningResponse>;
  readonly listScreenings: Method<screenings.ListScreeningsRequest, screenings.ListScreeningsResponse>;
  readonly updateScreening: Method<screenings.UpdateScreeningRequest, screenings.UpdateScreeningResponse>;
  readonly cancelScreening: Method<screenings.CancelScreeningRequest, screenings.CancelScreeningResponse>;

  readonly getSeatMap: Method<seats.GetSeatMapRequest, seats.GetSeatMapResponse>;
  readonly holdSeats: Method<seats.HoldSeatsRequest, seats.HoldSeatsResponse>;
  readonly extendHold: Method<seats.ExtendHoldRequest, seats.ExtendHoldResponse>;
  readonly getHold: Method<seats.GetHoldRequest, seats.GetHoldResponse>;
  readonly releaseHold: Method<seats.ReleaseHoldRequest, seats.ReleaseHoldResponse>;
  readonly confirmHold: Method<seats.ConfirmHoldRequest, seats.ConfirmHoldResponse>;
  readonly bookSeats: Method<seats.BookSeatsRequest, seats.BookSeatsResponse>;
  readonly cancelBooking: Method<seats.CancelBookingRequest, seats.CancelBookingResponse>;
  readonly getBooking: Method<seats.GetBookingRequest, seats.GetBookingResponse>;
  readonly listBookings: Method<seats.ListBookingsRequest, seats.ListBookingsResponse>;
  readonly listStatusChanges: Method<seats.ListStatusChangesRequest, seats.ListStatusChangesResponse>;
}
