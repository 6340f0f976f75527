import { StorageUnavailable } from '../../runtime/index.js';
import { ApiError } from './api-error.js';
import type { Method } from './box-office.js';
import { storageUnavailable } from './refusals.js';

/** Told of every error that is a bug, with its stack; the caller sees INTERNAL without detail. */
export type OnBug = (method: string, error: unknown) => void;

/** The method, rejecting with nothing but ApiErrors. */
export type Guard = <Request, Response>(name: string, method: Method<Request, Response>) => Method<Request, Response>;

export function guardedBy(onBug: OnBug): Guard {
  // An async function with a try costs one promise less than a chain with a catch.
  return (name, method) => async (request, call) => {
    try {
      return await method(request, call);
    } catch (error) {
      throw publicError(name, error, onBug);
    }
  };
}

/**
 * What comes to the edge of a wire, as its caller may see it. An ApiError has come through
 * a guard, here or at a peer, and was told of there if it had to be; nobody has seen
 * anything else yet.
 */
export function edgeError(method: string, error: unknown, onBug: OnBug): ApiError {
  return error instanceof ApiError ? error : publicError(method, error, onBug);
}

/** The same for what comes from no guarded method. */
export function publicError(method: string, error: unknown, onBug: OnBug): ApiError {
  if (error instanceof ApiError) {
    if (error.code === 'INTERNAL') onBug(method, error);
    return error;
  }
  if (error instanceof StorageUnavailable) return storageUnavailable(error);
  onBug(method, error);
  return new ApiError('INTERNAL', 'INTERNAL', 'internal error', {}, [], { cause: error });
}
