import type { Histogram } from 'hdr-histogram-js';
import { HoldSeatsRequest, HoldSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { requestFor } from './closed-loop.js';
import { checkHold } from './check-hold.js';
import { HoldTokens } from './hold-tokens.js';
import { latencyHistogram, recordMs } from './latency.js';
import type { RawClient } from './raw-client.js';

/** Requests at a steady rate, whatever the answers do: two services get exactly the same to do. */
export interface PacedLoop {
  /** gRPC path; takes a HoldSeatsRequest. */
  readonly path: string;
  readonly screeningId: string;
  /** First seat of the plan that is asked for; each request takes the next one. */
  readonly firstSeat: number;
  /** Requests per second. */
  readonly rate: number;
  readonly seconds: number;
}

export interface PacedResult {
  readonly accepted: number;
  /** Not answered OK. */
  readonly errors: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /**
   * Of accepted requests in microseconds, from the moment each was due: what waits behind
   * a slow answer, and is sent late, counts as late.
   */
  readonly latencyMicros: Histogram;
  /** Of accepted requests. */
  readonly tokens: HoldTokens;
}

const TICK_MS = 1;

/** Runs it over the connections, each in turn. Rejects when an answer is wrong. */
export async function runPacedLoop(clients: readonly RawClient[], loop: PacedLoop): Promise<PacedResult> {
  const tokens = new HoldTokens();
  const latencyMicros = latencyHistogram();
  const requests = Math.floor(loop.rate * loop.seconds);
  let errors = 0;
  const wrong: unknown[] = [];
  const send = async (client: RawClient, index: number): Promise<void> => {
    const seat = loop.firstSeat + index;
    const request = requestFor(loop.screeningId, seat);
    const { status, message } = await client.call(loop.path, HoldSeatsRequest.encode(request).finish());
    if (status === 0) {
      const response = HoldSeatsResponse.decode(message);
      checkHold(request, response);
      const dueMs = startedMs + (index / loop.rate) * 1000;
      recordMs(latencyMicros, performance.now() - dueMs);
      tokens.set(seat, response.hold?.holdToken ?? '');
    } else errors += 1;
  };
  const startedMs = performance.now();
  const underWay: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(requests, Math.ceil(((performance.now() - startedMs) / 1000) * loop.rate));
      for (let next = underWay.length; next < due; next += 1) {
        const client = clients[next % clients.length];
        if (client === undefined) continue;
        const sending = send(client, next).catch((error: unknown) => {
          wrong.push(error);
        });
        underWay.push(sending);
      }
      if (underWay.length < requests) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  await Promise.all(underWay);
  if (wrong.length > 0) throw new AggregateError(wrong, `${String(wrong.length)} requests were answered wrongly`);
  const seconds = (performance.now() - startedMs) / 1000;
  return { accepted: tokens.size, errors, seconds, latencyMicros, tokens };
}
