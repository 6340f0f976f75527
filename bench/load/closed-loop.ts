import type { Histogram } from 'hdr-histogram-js';
import { HoldSeatsRequest, HoldSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { checkHold } from './check-hold.js';
import { HoldTokens } from './hold-tokens.js';
import { latencyHistogram, recordMs } from './latency.js';
import type { RawClient } from './raw-client.js';

/** A closed loop: a fixed number of callers, each with one request under way at a time. */
export interface ClosedLoop {
  /** gRPC path; takes a HoldSeatsRequest. */
  readonly path: string;
  readonly screeningId: string;
  /** First seat of the plan that is asked for; each request takes the next one. */
  readonly firstSeat: number;
  readonly callers: number;
  readonly seconds: number;
}

export interface LoopResult {
  readonly accepted: number;
  /** Answered no: FAILED_PRECONDITION or RESOURCE_EXHAUSTED. */
  readonly refused: number;
  /** Everything else that is not OK. */
  readonly errors: number;
  readonly seconds: number;
  /** Latency of accepted requests in microseconds. */
  readonly latencyMicros: Histogram;
  /** Of accepted requests. */
  readonly tokens: HoldTokens;
}

const FAILED_PRECONDITION = 9;
const RESOURCE_EXHAUSTED = 8;

/** Runs it over the connections, callers spread evenly. @throws when an answer is wrong */
export async function runClosedLoop(clients: readonly RawClient[], loop: ClosedLoop): Promise<LoopResult> {
  const latencyMicros = latencyHistogram();
  const tokens = new HoldTokens();
  let next = loop.firstSeat;
  let accepted = 0;
  let refused = 0;
  let errors = 0;
  const startedMs = performance.now();
  const endMs = startedMs + loop.seconds * 1000;
  const caller = async (client: RawClient): Promise<void> => {
    for (let nowMs = performance.now(); nowMs < endMs; nowMs = performance.now()) {
      const seat = next;
      const request = requestFor(loop.screeningId, seat);
      next += 1;
      const { status, message } = await client.call(loop.path, HoldSeatsRequest.encode(request).finish());
      if (status === 0) {
        const response = HoldSeatsResponse.decode(message);
        checkHold(request, response);
        accepted += 1;
        recordMs(latencyMicros, performance.now() - nowMs);
        tokens.set(seat, response.hold?.holdToken ?? '');
      } else if (status === FAILED_PRECONDITION || status === RESOURCE_EXHAUSTED) refused += 1;
      else errors += 1;
    }
  };
  const callers = Array.from({ length: loop.callers }, (_, index) => clients[index % clients.length]);
  await Promise.all(callers.map((client) => (client === undefined ? Promise.resolve() : caller(client))));
  return { accepted, refused, errors, seconds: (performance.now() - startedMs) / 1000, latencyMicros, tokens };
}

/**
 * The request for one seat; the same for the same seat.
 * @param seatId of a hall whose seats are called otherwise than a synthetic one's
 */
export function requestFor(screeningId: string, seat: number, seatId = `S-${String(seat)}`): HoldSeatsRequest {
  return {
    // A UUID in form; unique in the screening is all that is asked of it.
    requestId: `00000000-0000-4000-8000-${String(seat).padStart(12, '0')}`,
    screeningId,
    buyerId: `buyer-${String(seat)}`,
    seatIds: [seatId],
    ttl: undefined,
    revision: undefined,
    validateOnly: false,
  };
}
