import type { sendUnaryData, ServerUnaryCall, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  SeatServiceService,
  type HoldSeatsRequest,
  type HoldSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';

/** Where the floor is served. */
export const FLOOR_PATH = '/cinema.bench.v1.FloorService/HoldSeats';

/**
 * The floor: a method with the messages of HoldSeats that does nothing. It reads the
 * same request, writes an answer of the same size, and keeps nothing. What HoldSeats
 * costs above it is ours.
 */
export function floorService(): {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
} {
  return {
    definition: { holdSeats: { ...SeatServiceService.holdSeats, path: FLOOR_PATH } },
    implementation: {
      holdSeats(
        { request }: ServerUnaryCall<HoldSeatsRequest, HoldSeatsResponse>,
        callback: sendUnaryData<HoldSeatsResponse>,
      ) {
        const now = new Date();
        const { screeningId, buyerId, seatIds } = request;
        callback(null, {
          hold: {
            screeningId,
            holdToken: 'no-hold-was-taken-here',
            buyerId,
            seatIds,
            createTime: now,
            expireTime: now,
            maxExpireTime: now,
          },
          revision: 1_000,
        });
      },
    },
  };
}
