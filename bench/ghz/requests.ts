import {
  ConfirmHoldRequest,
  GetSeatMapRequest,
  HoldSeatsRequest,
  ReleaseHoldRequest,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { requestFor } from '../load/closed-loop.js';

/** A hold that was answered OK. */
export interface GivenHold {
  readonly screeningId: string;
  readonly seat: number;
  readonly buyerId: string;
  readonly token: string;
}

/** So many holds of one seat each, no seat twice, the screenings in turn. @param firstSeat of each screening */
export function uniqueHolds(screeningIds: readonly string[], count: number, firstSeat = 0): HoldSeatsRequest[] {
  return Array.from({ length: count }, (_, index) =>
    requestFor(screeningIds[index % screeningIds.length] ?? '', firstSeat + Math.floor(index / screeningIds.length)),
  );
}

/**
 * So many buyers, each with one request for one of a few seats. Every seat is asked for
 * equally often, in an order that has no pattern but is always the same.
 */
export function contendedHolds(screeningId: string, count: number, seats: number): HoldSeatsRequest[] {
  const order = shuffled(count);
  return order.map((number) => requestFor(screeningId, number, `S-${String(number % seats)}`));
}

export function encodeHolds(requests: readonly HoldSeatsRequest[]): Uint8Array[] {
  return requests.map((request) => HoldSeatsRequest.encode(request).finish());
}

export function encodeConfirms(holds: readonly GivenHold[]): Uint8Array[] {
  return holds.map(({ screeningId, seat, buyerId, token: holdToken }) =>
    ConfirmHoldRequest.encode({ requestId: requestId('c', seat), screeningId, buyerId, holdToken }).finish(),
  );
}

export function encodeReleases(holds: readonly GivenHold[]): Uint8Array[] {
  return holds.map(({ screeningId, seat, buyerId, token: holdToken }) =>
    ReleaseHoldRequest.encode({
      requestId: requestId('d', seat),
      screeningId,
      buyerId,
      holdToken,
      seatIds: [],
    }).finish(),
  );
}

export function encodeBrowses(screeningIds: readonly string[], count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) =>
    GetSeatMapRequest.encode({ screeningId: screeningIds[index % screeningIds.length] ?? '' }).finish(),
  );
}

/** A UUID in form, another one than that of the seat's hold. */
function requestId(kind: 'c' | 'd', seat: number): string {
  return `${kind}0000000-0000-4000-8000-${String(seat).padStart(12, '0')}`;
}

/** 0 to count - 1 in an order of its own, by a generator with a fixed seed (Lehmer). */
function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  let seed = 20_261_124;
  for (let left = count - 1; left > 0; left -= 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const other = seed % (left + 1);
    [order[left], order[other]] = [order[other] ?? 0, order[left] ?? 0];
  }
  return order;
}
