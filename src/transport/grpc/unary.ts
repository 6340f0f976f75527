import type { Clock } from '../../runtime/index.js';
import { edgeError, invalidFields, type ApiError, type Call, type OnBug } from '../api/index.js';
import { serviceError } from './error-status.js';
import { Malformed } from './method-table.js';
import { methodName, type UnaryCall, type UnaryHandler } from './unary-call.js';

/**
 * Makes a method of the API a gRPC method: deadline in, answer or status out.
 * @param onBug told of what it rejects with other than ApiErrors
 */
export function unary<Request, Response>(
  method: (request: Request, call: Call) => Promise<Response>,
  clock: Clock,
  defaultTimeoutMs: number,
  onBug: OnBug,
): UnaryHandler<Request | Malformed, Response> {
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
        callback(serviceError(edgeError(methodName(call), error, onBug)));
      },
    );
  };
}

export function malformedRequest({ problem }: Malformed): ApiError {
  return invalidFields([{ field: 'request', description: problem }]);
}

/** The caller's deadline, or ours when it set none or a longer one: nothing waits for ever. */
export function deadlineOf(
  call: Pick<UnaryCall<unknown>, 'getDeadline'>,
  clock: Clock,
  defaultTimeoutMs: number,
): number {
  const deadline = call.getDeadline();
  const asked = deadline instanceof Date ? deadline.getTime() : deadline;
  return Math.min(asked, clock.now() + defaultTimeoutMs);
}
