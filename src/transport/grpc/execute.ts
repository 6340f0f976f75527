import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ExecuteRequest, ExecuteResponse } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { Clock } from '../../runtime/index.js';
import { edgeError, failureError, invalidFields, type BoxOffice, type Call, type OnBug } from '../api/index.js';
import type { Admission } from './admission.js';
import { statusMessage } from './error-status.js';
import { Malformed } from './method-table.js';
import type { OpenStreams } from './open-streams.js';
import { refuseStream } from './refuse-stream.js';
import { deadlineOf, malformedRequest } from './unary.js';
import { methodName } from './unary-call.js';

export interface ExecuteLimits {
  /** Most unanswered commands of one stream; the node reads no further until some are answered. */
  readonly executePipelineMax: number;
  /** How long a command of the stream may take. */
  readonly commandTimeoutMs: number;
}

export interface ExecutePorts {
  readonly boxOffice: BoxOffice;
  readonly clock: Clock;
  readonly admission: Pick<Admission, 'enter' | 'leave'>;
  readonly open: OpenStreams;
  /** Told of what a command rejects with other than ApiErrors. */
  readonly onBug: OnBug;
}

type Result = NonNullable<ExecuteResponse['result']>;
type Stream = ServerDuplexStream<ExecuteRequest | Malformed, ExecuteResponse>;

/**
 * Commands pipelined over one stream; answers in the order of completion. A command that
 * finds no place among the node's calls is answered like any other, as refused: that takes
 * its answer through the same flow control, and who does not read it sends no more.
 */
export function execute(
  { boxOffice, clock, admission, open, onBug }: ExecutePorts,
  limits: ExecuteLimits,
): (stream: Stream) => void {
  // One for all: a node with too much to do makes no new one for each.
  const overloaded: Result = { $case: 'error', value: statusMessage(failureError({ kind: 'overloaded' })) };
  return (stream) => {
    let unanswered = 0;
    let ended = false;
    let blocked = false;
    const readOn = (): void => {
      if (ended) finish();
      else if (!blocked && unanswered < limits.executePipelineMax && stream.isPaused()) stream.resume();
    };
    let draining = false;
    const finish = (): void => {
      if (unanswered > 0) return;
      if (draining) refuseStream(stream, failureError({ kind: 'draining' }));
      else stream.end();
    };
    const closed = open.add(() => {
      draining = true;
      ended = true;
      stream.pause();
      finish();
    });
    stream.once('close', closed);
    const answer = (requestId: string, result: Result): void => {
      unanswered -= 1;
      if (stream.cancelled || stream.destroyed) return;
      // A client that does not read its answers is not read from either.
      if (!stream.write({ requestId, result })) {
        blocked = true;
        stream.pause();
      }
      readOn();
    };
    stream.on('drain', () => {
      blocked = false;
      readOn();
    });
    stream.on('data', (request: ExecuteRequest | Malformed) => {
      unanswered += 1;
      if (unanswered >= limits.executePipelineMax) stream.pause();
      const requestId = nameOf(request);
      if (!admission.enter()) {
        answer(requestId, overloaded);
        return;
      }
      // Also when the client is gone: what it sent goes on, and has its place for as long.
      run(boxOffice, request, { deadlineMs: deadlineOf(stream, clock, limits.commandTimeoutMs) }).then(
        (result) => {
          admission.leave();
          answer(requestId, result);
        },
        (error: unknown) => {
          admission.leave();
          answer(requestId, { $case: 'error', value: statusMessage(edgeError(methodName(stream), error, onBug)) });
        },
      );
    });
    stream.on('end', () => {
      ended = true;
      readOn();
    });
    // The client went away: what it sent goes on, for it may be half done; the answers have nowhere to go.
    stream.on('error', () => undefined);
  };
}

async function run(boxOffice: BoxOffice, request: ExecuteRequest | Malformed, call: Call): Promise<Result> {
  if (request instanceof Malformed) throw malformedRequest(request);
  const { requestId, command } = request;
  switch (command?.$case) {
    case 'holdSeats':
      return { $case: 'holdSeats', value: await boxOffice.holdSeats(named(requestId, command.value), call) };
    case 'extendHold':
      return { $case: 'extendHold', value: await boxOffice.extendHold(named(requestId, command.value), call) };
    case 'getHold':
      return { $case: 'getHold', value: await boxOffice.getHold(command.value, call) };
    case 'releaseHold':
      return { $case: 'releaseHold', value: await boxOffice.releaseHold(named(requestId, command.value), call) };
    case 'confirmHold':
      return { $case: 'confirmHold', value: await boxOffice.confirmHold(named(requestId, command.value), call) };
    case 'bookSeats':
      return { $case: 'bookSeats', value: await boxOffice.bookSeats(named(requestId, command.value), call) };
    case 'cancelBooking':
      return { $case: 'cancelBooking', value: await boxOffice.cancelBooking(named(requestId, command.value), call) };
    case 'getBooking':
      return { $case: 'getBooking', value: await boxOffice.getBooking(command.value, call) };
    case 'getSeatMap':
      return { $case: 'getSeatMap', value: await boxOffice.getSeatMap(command.value, call) };
    case 'listBookings':
      return { $case: 'listBookings', value: await boxOffice.listBookings(command.value, call) };
    case 'listStatusChanges':
      return { $case: 'listStatusChanges', value: await boxOffice.listStatusChanges(command.value, call) };
    case undefined:
      throw invalidFields([{ field: 'command', description: 'is required' }]);
  }
}

/** What the answer is named by: the stream's request_id, or the command's own. */
function nameOf(request: ExecuteRequest | Malformed): string {
  if (request instanceof Malformed) return '';
  const { requestId, command } = request;
  if (requestId !== '' || command === undefined) return requestId;
  return 'requestId' in command.value ? command.value.requestId : '';
}

/** A mutation goes by the stream's request_id unless it names its own, which must then be the same. */
function named<Command extends { requestId: string }>(requestId: string, command: Command): Command {
  if (command.requestId === '') return { ...command, requestId };
  if (requestId !== '' && requestId !== command.requestId) {
    throw invalidFields([{ field: 'request_id', description: "must equal the command's own request_id" }]);
  }
  return command;
}
