import type { HoldSeatsRequest, HoldSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';

const TOKEN_FORM = /^[A-Za-z0-9_-]{22}$/;

/** Whether the answer is a hold of what was asked for; the floor's looks like one as well. @throws when it is not */
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
