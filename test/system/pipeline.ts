import type { ClientDuplexStream } from '@grpc/grpc-js';
import { ErrorInfo, RetryInfo } from '../../proto/gen/google/rpc/error_details.js';
import { ExecuteRequest, type ExecuteResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { readFailure, type ApiFailure, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';

export type Command = NonNullable<Parameters<typeof ExecuteRequest.fromPartial>[0]['command']>;

type Result = NonNullable<ExecuteResponse['result']>;

/** An Execute stream, with every answer so far. */
export interface Pipeline {
  send(id: string, command: Command | undefined): void;
  readonly answers: readonly ExecuteResponse[];
  answerTo(id: string): Promise<Result>;
  halfClose(): void;
  /** The caller goes away. */
  cancel(): void;
  /** Resolves with `end`, or with what the stream was refused or cut by. */
  readonly ended: Promise<'end' | ApiFailure>;
}

export function openPipeline(client: BoxOfficeClient): Pipeline {
  const stream: ClientDuplexStream<ExecuteRequest, ExecuteResponse> = client.seats.execute();
  const answers: ExecuteResponse[] = [];
  stream.on('data', (answer: ExecuteResponse) => answers.push(answer));
  const ended = new Promise<'end' | ApiFailure>((resolve) => {
    stream.on('end', () => {
      resolve('end');
    });
    stream.on('error', (error) => {
      resolve(readFailure(error));
    });
  });
  return {
    send: (id, command) => {
      stream.write(ExecuteRequest.fromPartial({ requestId: id, ...(command === undefined ? {} : { command }) }));
    },
    answers,
    async answerTo(id) {
      await eventually(`the answer to ${id}`, () => answers.some((answer) => answer.requestId === id));
      const result = answers.find((answer) => answer.requestId === id)?.result;
      if (result === undefined) throw new Error('an answer without a result');
      return result;
    },
    halfClose: () => {
      stream.end();
    },
    cancel: () => {
      stream.cancel();
    },
    ended,
  };
}

export function holdOf(screeningId: string, seat: string, more: object = {}): Command {
  return { $case: 'holdSeats', value: { screeningId, buyerId: `buyer of ${seat}`, seatIds: [seat], ...more } };
}

/** Why a command was refused; undefined when it was not. */
export function reasonOf(result: Result): string | undefined {
  const info = detailOf(result, 'ErrorInfo');
  return info === undefined ? undefined : ErrorInfo.decode(info).reason;
}

/** When a refused command is to come again. */
export function retryDelayMsOf(result: Result): number | undefined {
  const info = detailOf(result, 'RetryInfo');
  const delay = info === undefined ? undefined : RetryInfo.decode(info).retryDelay;
  return delay === undefined ? undefined : delay.seconds * 1000 + delay.nanos / 1_000_000;
}

function detailOf(result: Result, name: string): Uint8Array | undefined {
  if (result.$case !== 'error') return undefined;
  return result.value.details.find(({ typeUrl }) => typeUrl.endsWith(`google.rpc.${name}`))?.value;
}
