import type { HoldSeatsRequest, HoldSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';

const TOKEN_FORM = /^[A-Za-z0-9_-]{22}$/;

/** Whether the answer is the hold that was asked for. @throws when it is not */
export function checkHold(request: HoldSeatsRequest, { hold, revision }: HoldSeatsResponse): void {
  const right =
    hold !== undefined &&
    TOKEN_FORM.test(hold.holdToken) &&
    hold.buyerId === request.buyerId &&
    hold.seatIds.length === 1 &&
    hold.seatIds[0] === request.seatIds[0] &&
    revision > 1;
  if (!right) throw new Error(`a hold of ${String(request.seatIds[0])} was answered wrongly`);
}

/** Whether the floor answered this request and not another. @throws when it did not */
export function checkFloor(request: HoldSeatsRequest, { hold }: HoldSeatsResponse): void {
  if (hold?.seatIds[0] !== request.seatIds[0]) throw new Error('the floor answered another request');
}
