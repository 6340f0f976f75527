import { Metadata, status, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  type HealthCheckRequest,
  type HealthCheckResponse,
  type HealthListRequest,
  type HealthListResponse,
  type HealthServer,
} from '../../../proto/gen/grpc/health/v1/health.js';
import { failureError } from '../api/index.js';
import type { OpenStreams } from './open-streams.js';
import { refuseStream } from './refuse-stream.js';

/** Whether the node serves, and word of every change. */
export interface Readiness {
  readonly isReady: () => boolean;
  /** Calls `changed` at every later change until the returned function is called. */
  readonly onChange: (changed: () => void) => () => void;
}

/**
 * grpc.health.v1: the node as a whole ("") and each of its services share one state.
 * @param open the Watch streams: clients that check health keep one per connection, for as long as that lasts
 */
export function healthService(readiness: Readiness, services: readonly string[], open: OpenStreams): HealthServer {
  const known = new Set(['', ...services]);
  const response = (): HealthCheckResponse => ({
    status: readiness.isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING,
  });
  return {
    check(
      call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>,
      callback: sendUnaryData<HealthCheckResponse>,
    ) {
      if (known.has(call.request.service)) callback(null, response());
      else callback({ code: status.NOT_FOUND, details: 'unknown service', metadata: new Metadata() });
    },
    list(_call: ServerUnaryCall<HealthListRequest, HealthListResponse>, callback: sendUnaryData<HealthListResponse>) {
      callback(null, { statuses: Object.fromEntries([...known].map((service) => [service, response()])) });
    },
    watch: open.limited((call: ServerWritableStream<HealthCheckRequest, HealthCheckResponse>) => {
      const now = (): HealthCheckResponse =>
        known.has(call.request.service) ? response() : { status: ServingStatus.SERVICE_UNKNOWN };
      let told: ServingStatus | undefined;
      const tell = (): void => {
        const { status } = now();
        // Whoever does not read is told when it does, and then what is: not all that was.
        if (status === told || call.writableNeedDrain) return;
        told = status;
        call.write({ status });
      };
      tell();
      call.on('drain', tell);
      // One of a service that is not there stays open as well, as the protocol has it.
      const unfollow = readiness.onChange(tell);
      // Readiness goes off before anything closes, so who watches knows by now.
      const closed = open.add(() => {
        unfollow();
        refuseStream(call, failureError({ kind: 'draining' }));
      });
      call.once('close', () => {
        unfollow();
        closed();
      });
    }),
  };
}
