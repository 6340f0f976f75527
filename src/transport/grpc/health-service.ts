import { Metadata, status, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  type HealthCheckRequest,
  type HealthCheckResponse,
  type HealthListRequest,
  type HealthListResponse,
  type HealthServer,
} from '../../../proto/gen/grpc/health/v1/health.js';

/** Whether the node serves, and word of every change. */
export interface Readiness {
  readonly isReady: () => boolean;
  /** Calls `changed` at every later change until the returned function is called. */
  readonly onChange: (changed: () => void) => () => void;
}

/** grpc.health.v1: the node as a whole ("") and each of its services share one state. */
export function healthService(readiness: Readiness, services: readonly string[]): HealthServer {
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
    watch(call: ServerWritableStream<HealthCheckRequest, HealthCheckResponse>) {
      if (!known.has(call.request.service)) {
        call.write({ status: ServingStatus.SERVICE_UNKNOWN });
        return;
      }
      call.write(response());
      call.once(
        'close',
        readiness.onChange(() => call.write(response())),
      );
    },
  };
}
