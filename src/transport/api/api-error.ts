/** gRPC status codes this API answers with; the numbers are gRPC's. */
export const statusCodes = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;
export type StatusCode = keyof typeof statusCodes;

/** What an error adds to its reason, after google.rpc's error details. */
export type ErrorDetail =
  | { readonly kind: 'bad-request'; readonly violations: readonly FieldViolation[] }
  | {
      readonly kind: 'precondition-failure';
      readonly violations: readonly { readonly type: string; readonly subject: string; readonly description: string }[];
    }
  | {
      readonly kind: 'quota-failure';
      readonly violations: readonly { readonly subject: string; readonly description: string }[];
    }
  | { readonly kind: 'retry-info'; readonly retryDelayMs: number };

/** One thing wrong with a request. `field` is the path in the API's names, for example seat_ids[3]. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/**
 * Any answer of the public API that is not OK. `message` is English, for people; what
 * programs need is in `reason`, `metadata` and `details`. Each wire renders it its own way.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: StatusCode,
    /** UPPER_SNAKE_CASE; what a program decides by. */
    readonly reason: string,
    message: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    readonly details: readonly ErrorDetail[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** INVALID_ARGUMENT naming every field that is wrong; nothing was changed. */
export function invalidFields(violations: readonly FieldViolation[]): ApiError {
  const first = violations[0];
  const message = first === undefined ? 'the request is not valid' : `${first.field}: ${first.description}`;
  return new ApiError('INVALID_ARGUMENT', 'INVALID_FIELD', message, {}, [{ kind: 'bad-request', violations }]);
}
