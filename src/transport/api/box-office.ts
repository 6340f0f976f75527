import type * as screenings from '../../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import type * as seats from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';

/** What a call brings besides its request. */
export interface Call {
  /** Clock time in ms after which the caller no longer waits; the command then has no effect. */
  readonly deadlineMs: number;
}

/**
 * The public contract, one function per method, whatever the wire: gRPC, the Execute
 * stream and HTTP all come through here. The protos document each method.
 * Every function rejects with an ApiError and nothing else.
 */
export interface BoxOffice {
  createAuditorium(request: screenings.CreateAuditoriumRequest, call: Call): Promise<screenings.CreateAuditoriumResponse>;
  getAuditorium(request: screenings.GetAuditoriumRequest, call: Call): Promise<screenings.GetAuditoriumResponse>;
  listAuditoriums(request: screenings.ListAuditoriumsRequest, call: Call): Promise<screenings.ListAuditoriumsResponse>;
  createScreening(request: screenings.CreateScreeningRequest, call: Call): Promise<screenings.CreateScreeningResponse>;
  getScreening(request: screenings.GetScreeningRequest, call: Call): Promise<screenings.GetScreeningResponse>;
  listScreenings(request: screenings.ListScreeningsRequest, call: Call): Promise<screenings.ListScreeningsResponse>;
  updateScreening(request: screenings.UpdateScreeningRequest, call: Call): Promise<screenings.UpdateScreeningResponse>;
  cancelScreening(request: screenings.CancelScreeningRequest, call: Call): Promise<screenings.CancelScreeningResponse>;

  getSeatMap(request: seats.GetSeatMapRequest, call: Call): Promise<seats.GetSeatMapResponse>;
  holdSeats(request: seats.HoldSeatsRequest, call: Call): Promise<seats.HoldSeatsResponse>;
  extendHold(request: seats.ExtendHoldRequest, call: Call): Promise<seats.ExtendHoldResponse>;
  getHold(request: seats.GetHoldRequest, call: Call): Promise<seats.GetHoldResponse>;
  releaseHold(request: seats.ReleaseHoldRequest, call: Call): Promise<seats.ReleaseHoldResponse>;
  confirmHold(request: seats.ConfirmHoldRequest, call: Call): Promise<seats.ConfirmHoldResponse>;
  bookSeats(request: seats.BookSeatsRequest, call: Call): Promise<seats.BookSeatsResponse>;
  cancelBooking(request: seats.CancelBookingRequest, call: Call): Promise<seats.CancelBookingResponse>;
  getBooking(request: seats.GetBookingRequest, call: Call): Promise<seats.GetBookingResponse>;
  listBookings(request: seats.ListBookingsRequest, call: Call): Promise<seats.ListBookingsResponse>;
  listStatusChanges(request: seats.ListStatusChangesRequest, call: Call): Promise<seats.ListStatusChangesResponse>;
}
