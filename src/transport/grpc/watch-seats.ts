import type { ServerWritableStream } from '@grpc/grpc-js';
import type { WatchSeatsRequest, WatchSeatsResponse } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { Clock } from '../../runtime/index.js';
import type { SeatFrame, SeatStream, SeatStreams } from '../../streams/index.js';
import {
  ApiError,
  failureError,
  publicError,
  readWatchSeats,
  seatMapMessage,
  seatStatus,
  type OnBug,
} from '../api/index.js';
import { Malformed } from './method-table.js';
import type { OpenStreams } from './open-streams.js';
import { refuseStream } from './refuse-stream.js';
import { malformedRequest } from './unary.js';
import { methodName } from './unary-call.js';

export interface WatchLimits {
  /** How long opening a stream may take. */
  readonly commandTimeoutMs: number;
}

export interface WatchPorts {
  readonly streams: SeatStreams;
  readonly clock: Clock;
  readonly open: OpenStreams;
  /** Told of every failure that is a bug: no guard stands between this and the streams. */
  readonly onBug: OnBug;
}

type Call = ServerWritableStream<WatchSeatsRequest | Malformed, WatchSeatsResponse>;

/** The seat stream over gRPC. A slow reader misses frames, and is told so: reset and a new snapshot. */
export function watchSeats({ streams, clock, open, onBug }: WatchPorts, limits: WatchLimits): (call: Call) => void {
  return (call) => {
    const failed = (error: unknown): ApiError => publicError(methodName(call), error, onBug);
    const request = checked(call.request, failed);
    if (request instanceof ApiError) {
      refuseStream(call, request);
      return;
    }
    const closed = open.add(() => {
      refuseStream(call, failureError({ kind: 'draining' }));
    });
    const resumeToken = request.resumeToken === '' ? undefined : request.resumeToken;
    const opening = openAt(streams, request.screeningId, resumeToken, clock.now() + limits.commandTimeoutMs).then(
      (stream) => {
        follow(call, stream, resumeToken);
      },
      (error: unknown) => {
        refuseStream(call, failed(error));
      },
    );
    // A client that goes away earlier keeps its place: what it began goes on.
    call.once('close', () => void opening.then(closed));
  };
}

/** A stream that shows nothing older than what the token's holder has seen. */
async function openAt(
  streams: SeatStreams,
  screeningId: string,
  resumeToken: string | undefined,
  deadlineMs: number,
): Promise<SeatStream> {
  const stream = await streams.open(screeningId, deadlineMs);
  try {
    await stream.reach(resumeToken, deadlineMs);
    return stream;
  } catch (error) {
    stream.release();
    throw error;
  }
}

function checked(
  request: WatchSeatsRequest | Malformed,
  failed: (error: unknown) => ApiError,
): WatchSeatsRequest | ApiError {
  if (request instanceof Malformed) return malformedRequest(request);
  try {
    return readWatchSeats(request);
  } catch (error) {
    return failed(error);
  }
}

function follow(call: Call, stream: SeatStream, resumeToken: string | undefined): void {
  call.once('close', () => {
    stream.release();
  });
  if (call.cancelled || call.destroyed) {
    stream.release();
    return;
  }
  let slow = false;
  const send = (frame: SeatFrame): void => {
    slow = !call.write(frameMessage(stream, frame)) || slow;
  };
  for (const frame of stream.opening(resumeToken)) send(frame);
  stream.onFrame((frame) => {
    if (!slow) send(frame);
  });
  call.on('drain', () => {
    if (!slow) return;
    slow = false;
    // Frames were skipped while it was slow; only a new snapshot is sure to be right.
    send({ kind: 'reset', reason: 'SLOW_READER' });
    send({ kind: 'snapshot', view: stream.view() });
  });
}

function frameMessage(stream: SeatStream, frame: SeatFrame): WatchSeatsResponse {
  switch (frame.kind) {
    case 'snapshot':
      return {
        frame: { $case: 'snapshot', value: seatMapMessage(frame.view) },
        resumeToken: stream.resumeToken(frame.view),
      };
    case 'delta': {
      const { layout } = stream.view();
      return {
        frame: {
          $case: 'delta',
          value: {
            screeningId: stream.screeningId,
            epoch: frame.epoch,
            previousRevision: frame.previousRevision,
            revision: frame.revision,
            changes: frame.seats.map((seat, index) => seatStatus({ layout }, seat, frame.states[index] ?? 0)),
            counts: { ...frame.counts },
            changeTime: new Date(frame.timeMs),
          },
        },
        resumeToken: stream.resumeToken(frame),
      };
    }
    case 'progress':
      return {
        frame: { $case: 'progress', value: { epoch: frame.epoch, revision: frame.revision, stale: frame.stale } },
        resumeToken: stream.resumeToken(frame),
      };
    case 'reset':
      return { frame: { $case: 'reset', value: { reason: frame.reason } }, resumeToken: '' };
  }
}
