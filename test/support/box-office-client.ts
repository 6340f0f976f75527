import { randomUUID } from 'node:crypto';
import { credentials, type Client, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import {
  BadRequest,
  ErrorInfo,
  PreconditionFailure,
  QuotaFailure,
  RetryInfo,
} from '../../proto/gen/google/rpc/error_details.js';
import { ScreeningServiceClient } from '../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import { SeatServiceClient } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { Status } from '../../proto/gen/cinema/boxoffice/v1/status.js';

/** A caller of the public API, as a box office would write it. */
export interface BoxOfficeClient {
  readonly seats: SeatServiceClient;
  readonly screenings: ScreeningServiceClient;
  /** Resolves once the server answers connections, for example after a restart. */
  connected(timeoutMs?: number): Promise<void>;
  close(): void;
}

/** No retries: a test wants to see the first answer. */
export function connectBoxOffice(address: string): BoxOfficeClient {
  const options = {
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 200,
  };
  const seats = new SeatServiceClient(address, credentials.createInsecure(), options);
  const screenings = new ScreeningServiceClient(address, credentials.createInsecure(), options);
  return {
    seats,
    screenings,
    async connected(timeoutMs = 10_000) {
      await Promise.all([seats, screenings].map((client) => ready(client, timeoutMs)));
    },
    close() {
      seats.close();
      screenings.close();
    },
  };
}

function ready(client: Client, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { deadline: number },
  callback: (error: ServiceError | null, response: Response) => void,
) => unknown;

/** One call as a promise. Rejects with the ServiceError. */
export function call<Request, Response>(
  client: object,
  method: Unary<Request, Response>,
  request: Request,
  timeoutMs = 10_000,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method.call(client, request, new Metadata(), { deadline: Date.now() + timeoutMs }, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

/** What an error says, read from its trailers. */
export interface ApiFailure {
  /** Name of the gRPC code. */
  readonly code: string;
  readonly message: string;
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Fields that are wrong. */
  readonly fields: readonly string[];
  /** Seats by why they are unavailable. */
  readonly seats: Readonly<Record<string, string>>;
  readonly quota: readonly string[];
  readonly retryDelayMs: number | undefined;
}

/** The failure of a call that must fail. @throws when it succeeds */
export async function failureOf(answer: Promise<unknown>): Promise<ApiFailure> {
  let answered: unknown;
  try {
    answered = await answer;
  } catch (error) {
    return readFailure(error);
  }
  throw new Error(`expected a failure, got ${JSON.stringify(answered)}`);
}

export function readFailure(error: unknown): ApiFailure {
  if (!isServiceError(error)) throw error;
  const [details] = error.metadata.get('grpc-status-details-bin');
  const decoded = details instanceof Buffer ? Status.decode(details) : undefined;
  const all = <Message>(name: string, decode: (bytes: Uint8Array) => Message): Message[] =>
    (decoded?.details ?? [])
      .filter(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${name}`)
      .map(({ value }) => decode(value));
  const info = all('ErrorInfo', (bytes) => ErrorInfo.decode(bytes))[0];
  const delay = all('RetryInfo', (bytes) => RetryInfo.decode(bytes))[0]?.retryDelay;
  return {
    code: status[error.code],
    message: error.details,
    reason: info?.reason,
    metadata: info?.metadata ?? {},
    fields: all('BadRequest', (bytes) => BadRequest.decode(bytes)).flatMap(({ fieldViolations }) =>
      fieldViolations.map(({ field }) => field),
    ),
    seats: Object.fromEntries(
      all('PreconditionFailure', (bytes) => PreconditionFailure.decode(bytes)).flatMap(({ violations }) =>
        violations.map(({ subject, type }) => [subject, type]),
      ),
    ),
    quota: all('QuotaFailure', (bytes) => QuotaFailure.decode(bytes)).flatMap(({ violations }) =>
      violations.map(({ subject }) => subject),
    ),
    retryDelayMs: delay === undefined ? undefined : delay.seconds * 1000 + delay.nanos / 1_000_000,
  };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error && error.metadata instanceof Metadata;
}

/** A fresh request id. */
export const requestId = (): string => randomUUID();
