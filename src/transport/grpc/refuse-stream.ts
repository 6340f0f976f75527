import type { ApiError } from '../api/index.js';
import { serviceError } from './error-status.js';

/**
 * Ends a stream of the server with an error. grpc-js sends the status of an 'error' event; a
 * stream that is destroyed with one would never be answered.
 */
export function refuseStream(stream: Pick<NodeJS.EventEmitter, 'emit'>, error: ApiError): void {
  stream.emit('error', serviceError(error));
}
