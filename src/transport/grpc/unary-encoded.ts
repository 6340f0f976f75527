import { Metadata } from '@grpc/grpc-js';
import type { Member } from '../../cluster/index.js';
import type { Clock } from '../../runtime/index.js';
import { edgeError, type EncodedMethod, type OnBug } from '../api/index.js';
import { serviceError } from './error-status.js';
import { Malformed } from './method-table.js';
import { deadlineOf, malformedRequest } from './unary.js';
import { methodName, type UnaryHandler } from './unary-call.js';

/**
 * Makes a method that takes encoded requests a gRPC method. The answer of a peer goes
 * out as it came, with trailers that name the owner (`cinema-owner-node`,
 * `cinema-owner-address`), so that a client may dial it directly next time.
 * @param onBug told of what the method rejects with other than ApiErrors
 */
export function unaryEncoded(
  method: EncodedMethod,
  clock: Clock,
  defaultTimeoutMs: number,
  onBug: OnBug,
): UnaryHandler<Buffer | Malformed, unknown> {
  return (call, callback) => {
    const { request } = call;
    if (request instanceof Malformed) {
      callback(serviceError(malformedRequest(request)));
      return;
    }
    method(request, { deadlineMs: deadlineOf(call, clock, defaultTimeoutMs) }).then(
      (reply) => {
        if (reply.kind === 'here') callback(null, reply.response);
        else callback(null, asBuffer(reply.response), trailersOf(reply.owner));
      },
      (error: unknown) => {
        callback(serviceError(edgeError(methodName(call), error, onBug)));
      },
    );
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Made once per owner: metadata of its own for every reply would cost as much as passing the reply on. */
const trailers = new WeakMap<Member, Metadata>();

function trailersOf(owner: Member): Metadata {
  const known = trailers.get(owner);
  if (known !== undefined) return known;
  const made = new Metadata();
  made.set('cinema-owner-node', owner.nodeId);
  made.set('cinema-owner-address', owner.grpcAddress);
  trailers.set(owner, made);
  return made;
}
