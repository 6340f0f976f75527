import type { handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import { StorageUnavailable, type Clock } from '../../runtime/index.js';
import { ApiError, invalidFields, storageUnavailable, type Call } from '../api/index.js';
import { serviceError } from './error-status.js';
import { Malformed } from './method-table.js';

/** Makes a method of the API a gRPC method: deadline in, answer or status out. */
export function unary<Request, Response>(
  method: (request: Request, call: Call) => Promise<Response>,
  clock: Clock,
  defaultTimeoutMs: number,
): handleUnaryCall<Request | Malformed, Response> {
  return (call, callback) => {
    const { request } = call;
    if (request instanceof Malformed) {
      callback(serviceError(malformedRequest(request)));
      return;
    }
    method(request, { deadlineMs: deadlineOf(call, clock, defaultTimeoutMs) }).then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback(serviceError(asApiError(error)));
      },
    );
  };
}

export function malformedRequest({ problem }: Malformed): ApiError {
  return invalidFields([{ field: 'request', description: problem }]);
}

/** BoxOffice rejects with ApiErrors alone, a stream also when the database is away; anything else is a bug that must not leak. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof StorageUnavailable) return storageUnavailable(error);
  return error instanceof ApiError
    ? error
    : new ApiError('INTERNAL', 'INTERNAL', 'internal error', {}, [], { cause: error });
}

/** The caller's deadline, or ours when it set none or a longer one: nothing waits for ever. */
export function deadlineOf(
  call: Pick<ServerUnaryCall<unknown, unknown>, 'getDeadline'>,
  clock: Clock,
  defaultTimeoutMs: number,
): number {
  const deadline = call.getDeadline();
  const asked = deadline instanceof Date ? deadline.getTime() : deadline;
  return Math.min(asked, clock.now() + defaultTimeoutMs);
}
