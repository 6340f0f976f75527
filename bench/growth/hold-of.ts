import type { HoldSeatsRequest } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { requestFor } from '../load/closed-loop.js';

/** The request for one seat of a hall. @throws RangeError when it has no such seat: the plan of the benchmark is wrong */
export function holdOf(
  { screeningId, seatIds }: { readonly screeningId: string; readonly seatIds: readonly string[] },
  seat: number,
): HoldSeatsRequest {
  const seatId = seatIds[seat];
  if (seatId === undefined) throw new RangeError(`seat ${String(seat)} of a hall of ${String(seatIds.length)}`);
  return { ...requestFor(screeningId, seat), seatIds: [seatId] };
}
