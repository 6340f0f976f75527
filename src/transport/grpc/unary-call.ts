import type { Deadline, sendUnaryData } from '@grpc/grpc-js';

/** A unary call as its method sees it; grpc-js's own is one, and a DirectCall. */
export interface UnaryCall<Request> {
  readonly request: Request;
  /** Infinity when the caller set none. */
  getDeadline(): Deadline;
  /** `/package.Service/Method`. */
  getPath(): string;
}

/** The method that was called, without its service: as guards name it. */
export function methodName(call: Pick<UnaryCall<unknown>, 'getPath'>): string {
  const path = call.getPath();
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Serves it, and calls `answer` once. */
export type UnaryHandler<Request, Response> = (call: UnaryCall<Request>, answer: sendUnaryData<Response>) => void;
