import {
  BookSeatsRequest,
  ConfirmHoldRequest,
  HoldSeatsRequest,
  type BookSeatsResponse,
  type ConfirmHoldResponse,
  type GetSeatMapResponse,
  type HoldSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { CreateScreeningRequest } from '../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import { call, requestId, type BoxOfficeClient } from './box-office-client.js';

/** The steps of a sale, with what a test does not care about filled in. */
export async function createScreening(
  client: BoxOfficeClient,
  screeningId: string,
  given: Parameters<typeof CreateScreeningRequest.fromPartial>[0] = {},
): Promise<string> {
  const request = CreateScreeningRequest.fromPartial({
    requestId: requestId(),
    screeningId,
    auditoriumId: 'zal-10',
    title: 'Test screening',
    startsAt: new Date(Date.now() + 86_400_000),
    ...given,
  });
  await call(client.screenings, client.screenings.createScreening, request);
  return screeningId;
}

export function hold(
  client: BoxOfficeClient,
  given: Parameters<typeof HoldSeatsRequest.fromPartial>[0],
  timeoutMs?: number,
): Promise<HoldSeatsResponse> {
  const request = HoldSeatsRequest.fromPartial({ requestId: requestId(), buyerId: 'buyer', ...given });
  return call(client.seats, client.seats.holdSeats, request, timeoutMs);
}

export function confirm(
  client: BoxOfficeClient,
  given: Parameters<typeof ConfirmHoldRequest.fromPartial>[0],
): Promise<ConfirmHoldResponse> {
  const request = ConfirmHoldRequest.fromPartial({ requestId: requestId(), buyerId: 'buyer', ...given });
  return call(client.seats, client.seats.confirmHold, request);
}

export function book(
  client: BoxOfficeClient,
  given: Parameters<typeof BookSeatsRequest.fromPartial>[0],
  timeoutMs?: number,
): Promise<BookSeatsResponse> {
  const request = BookSeatsRequest.fromPartial({ requestId: requestId(), buyerId: 'buyer', ...given });
  return call(client.seats, client.seats.bookSeats, request, timeoutMs);
}

export function seatMap(client: BoxOfficeClient, screeningId: string): Promise<GetSeatMapResponse> {
  return call(client.seats, client.seats.getSeatMap, { screeningId });
}
