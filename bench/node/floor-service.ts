import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  SeatServiceService,
  type ExecuteRequest,
  type ExecuteResponse,
  type HoldSeatsRequest,
  type HoldSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';

/** Where the floor is served. */
export const FLOOR_PATH = '/cinema.bench.v1.FloorService/HoldSeats';
export const FLOOR_STREAM_PATH = '/cinema.bench.v1.FloorService/Execute';

/**
 * The floor: methods with the messages of HoldSeats and Execute that do nothing. They
 * read the same request, write an answer of the same size, and keep nothing. What the
 * real ones cost above it is ours.
 */
export function floorService(): {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
} {
  return {
    definition: {
      holdSeats: { ...SeatServiceService.holdSeats, path: FLOOR_PATH },
      execute: { ...SeatServiceService.execute, path: FLOOR_STREAM_PATH },
    },
    implementation: {
      holdSeats(
        { request }: ServerUnaryCall<HoldSeatsRequest, HoldSeatsResponse>,
        callback: sendUnaryData<HoldSeatsResponse>,
      ) {
        callback(null, noHold(request));
      },
      execute(stream: ServerDuplexStream<ExecuteRequest, ExecuteResponse>) {
        stream.on('data', ({ requestId, command }: ExecuteRequest) => {
          if (command?.$case === 'holdSeats')
            stream.write({ requestId, result: { $case: 'holdSeats', value: noHold(command.value) } });
        });
        stream.on('end', () => stream.end());
        stream.on('error', () => undefined);
      },
    },
  };
}

function noHold({ screeningId, buyerId, seatIds }: HoldSeatsRequest): HoldSeatsResponse {
  const now = new Date();
  return {
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
  };
}
