import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import {
  HoldSeatsResponse,
  SeatServiceService,
  type HoldSeatsRequest,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { systemClock } from '../../src/runtime/index.js';
import { DirectCalls } from '../../src/transport/grpc/direct-calls.js';
import { Malformed, methodTable } from '../../src/transport/grpc/method-table.js';
import { keepOpenCallsById } from '../../src/transport/grpc/open-calls.js';
import type { UnaryHandler } from '../../src/transport/grpc/unary-call.js';
import { HOLD_TTL_MS, type Peer } from './peer.js';

/** As this system's own server allows. */
const CALLS_PER_CONNECTION_MAX = 512;
const REQUEST_BYTES_MAX = 2 ** 20;
const ARRIVAL_MS = 10_000;

/** Serves HoldSeats of the public API by a peer, on a free port of the loopback interface. */
export async function openPeerServer(peer: Peer): Promise<{ readonly port: number; close(): void }> {
  const server = new Server({ 'grpc.max_concurrent_streams': CALLS_PER_CONNECTION_MAX });
  keepOpenCallsById(server);
  const direct = new DirectCalls(server, { arrivalMs: ARRIVAL_MS }, systemClock, (_method, error) => {
    throw error;
  });
  const holdSeats: UnaryHandler<HoldSeatsRequest | Malformed, HoldSeatsResponse> = ({ request }, callback) => {
    if (request instanceof Malformed || !isSound(request)) {
      callback({ code: status.INVALID_ARGUMENT, details: 'INVALID_REQUEST' });
      return;
    }
    peer.hold(request).then(
      (outcome) => {
        if (outcome.kind === 'taken') callback({ code: status.FAILED_PRECONDITION, details: 'SEAT_UNAVAILABLE' });
        else callback(null, answer(request, outcome));
      },
      (error: unknown) => {
        callback({ code: status.INTERNAL, details: error instanceof Error ? error.message : 'failed' });
      },
    );
  };
  const { holdSeats: definition } = SeatServiceService;
  const methods = methodTable(
    { holdSeats: definition },
    { holdSeats: HoldSeatsResponse },
    { default: REQUEST_BYTES_MAX },
  );
  server.addService(methods, { holdSeats });
  direct.add(methods, { holdSeats });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    close: () => {
      server.forceShutdown();
    },
  };
}

function isSound({ requestId, screeningId, buyerId, seatIds }: HoldSeatsRequest): boolean {
  return (
    requestId !== '' &&
    screeningId !== '' &&
    buyerId !== '' &&
    seatIds.length > 0 &&
    new Set(seatIds).size === seatIds.length
  );
}

function answer(
  { screeningId, buyerId, seatIds }: HoldSeatsRequest,
  held: Extract<Awaited<ReturnType<Peer['hold']>>, { kind: 'held' }>,
): HoldSeatsResponse {
  return {
    hold: {
      screeningId,
      holdToken: held.holdToken,
      buyerId,
      seatIds,
      createTime: new Date(held.createTimeMs),
      expireTime: new Date(held.expireTimeMs),
      maxExpireTime: new Date(held.createTimeMs + HOLD_TTL_MS),
    },
    revision: held.revision,
  };
}
