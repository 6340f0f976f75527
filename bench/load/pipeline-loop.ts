import {
  ExecuteRequest,
  ExecuteResponse,
  type HoldSeatsRequest,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { requestFor, type LoopResult } from './closed-loop.js';
import { checkHold } from './check-hold.js';
import { HoldTokens } from './hold-tokens.js';
import { latencyHistogram, recordMs } from './latency.js';
import { openRawStream, type RawStream } from './raw-stream.js';

/** Execute streams that are kept full: an answer makes room for the next command. */
export interface PipelineLoop {
  /** gRPC path; takes ExecuteRequests and answers ExecuteResponses. */
  readonly path: string;
  readonly address: string;
  readonly screeningId: string;
  /** First seat of the plan that is asked for; each command takes the next one. */
  readonly firstSeat: number;
  readonly streams: number;
  /** Unanswered commands of each stream. */
  readonly pipeline: number;
  readonly seconds: number;
}

interface UnderWay {
  readonly seat: number;
  readonly request: HoldSeatsRequest;
  readonly sentMs: number;
}

/** Runs it. Rejects when an answer is wrong or a stream ends before all is answered. */
export async function runPipelineLoop(loop: PipelineLoop): Promise<LoopResult> {
  const latencyMicros = latencyHistogram();
  const tokens = new HoldTokens();
  const count = { accepted: 0, refused: 0, errors: 0 };
  let next = loop.firstSeat;
  const startedMs = performance.now();
  const endMs = startedMs + loop.seconds * 1_000;

  const runStream = async (): Promise<void> => {
    const underWay = new Map<string, UnderWay>();
    let stream: RawStream | undefined;
    const send = (nowMs: number): void => {
      const seat = next;
      const request = requestFor(loop.screeningId, seat);
      next += 1;
      underWay.set(request.requestId, { seat, request, sentMs: nowMs });
      const { requestId } = request;
      stream?.send(ExecuteRequest.encode({ requestId, command: { $case: 'holdSeats', value: request } }).finish());
    };
    await new Promise<void>((resolve, reject) => {
      const answered = (message: Uint8Array): void => {
        const nowMs = performance.now();
        const { requestId, result } = ExecuteResponse.decode(message);
        const asked = underWay.get(requestId);
        if (asked === undefined) throw new Error(`an answer to ${requestId}, which is not under way`);
        underWay.delete(requestId);
        if (result?.$case === 'holdSeats') {
          checkHold(asked.request, result.value);
          count.accepted += 1;
          recordMs(latencyMicros, nowMs - asked.sentMs);
          tokens.set(asked.seat, result.value.hold?.holdToken ?? '');
        } else if (result?.$case === 'error' && isRefusal(result.value.code)) count.refused += 1;
        else count.errors += 1;
        if (nowMs < endMs) send(nowMs);
        else if (underWay.size === 0) resolve();
      };
      const onMessage = (message: Uint8Array): void => {
        try {
          answered(message);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      openRawStream(loop.address, loop.path, onMessage, (status) => {
        reject(new Error(`a stream ended with status ${String(status)}`));
      }).then((opened) => {
        stream = opened;
        const nowMs = performance.now();
        for (let each = 0; each < loop.pipeline; each += 1) send(nowMs);
      }, reject);
    }).finally(() => {
      stream?.close();
    });
  };
  await Promise.all(Array.from({ length: loop.streams }, runStream));
  return { ...count, seconds: (performance.now() - startedMs) / 1_000, latencyMicros, tokens };
}

const FAILED_PRECONDITION = 9;
const RESOURCE_EXHAUSTED = 8;

function isRefusal(code: number): boolean {
  return code === FAILED_PRECONDITION || code === RESOURCE_EXHAUSTED;
}
