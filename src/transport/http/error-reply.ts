import { ApiError, type ErrorDetail, type FieldViolation, type StatusCode } from '../api/index.js';
import { jsonReply, type Reply } from './reply.js';

/**
 * The one table. FAILED_PRECONDITION is 409 and not 400: "the seat is taken" is about
 * the state of the screening, not about a malformed request.
 */
const httpStatuses: Readonly<Record<StatusCode, number>> = {
  CANCELLED: 499,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 409,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
};

/** A refusal that HTTP itself has a status for (405, 413, ...), whatever its code maps to. */
export class HttpRefusal extends ApiError {
  constructor(
    readonly status: number,
    code: StatusCode,
    reason: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    details: readonly ErrorDetail[] = [],
  ) {
    super(code, reason, message, {}, details);
  }
}

/** Renders an error of the API: `{code, reason, message, details, metadata}`. */
export function errorReply(error: ApiError): Reply {
  const status = error instanceof HttpRefusal ? error.status : httpStatuses[error.code];
  const body = {
    code: error.code,
    reason: error.reason,
    message: error.message,
    details: error.details.map(renderDetail),
    metadata: error.metadata,
  };
  const reply = jsonReply(status, body, {
    ...(error instanceof HttpRefusal ? error.headers : {}),
    ...retryAfter(error.details),
  });
  // After these the rest of the request, if there is any, is not read.
  return status === 408 || status === 413 ? { ...reply, closeConnection: true } : reply;
}

/** A bug or an unforeseen failure: said without detail. Log it; this does not. */
export const internalError = (): ApiError =>
  new ApiError('INTERNAL', 'INTERNAL', 'the request failed for a reason on our side');

function renderDetail(detail: ErrorDetail): object {
  switch (detail.kind) {
    case 'bad-request':
      return { kind: detail.kind, field_violations: detail.violations.map(asNamedHere) };
    case 'precondition-failure':
    case 'quota-failure':
      return { kind: detail.kind, violations: detail.violations };
    case 'retry-info':
      return { kind: detail.kind, retry_delay_ms: detail.retryDelayMs };
  }
}

/** Fields that have another name over HTTP than in the API. */
const namesHere: ReadonlyMap<string, string> = new Map([['ttl', 'ttl_seconds']]);

function asNamedHere({ field, description }: FieldViolation): FieldViolation {
  return { field: namesHere.get(field) ?? field, description };
}

/** Whole seconds, rounded up: the header has no finer unit. */
function retryAfter(details: readonly ErrorDetail[]): Record<string, string> {
  const retry = details.find((detail) => detail.kind === 'retry-info');
  return retry === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retry.retryDelayMs / 1000))) };
}
