import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, PreconditionFailure, QuotaFailure, RetryInfo } from 'nice-grpc-error-details';
import type { Any } from '../../../proto/gen/google/protobuf/any.js';
import { Status } from '../../../proto/gen/cinema/boxoffice/v1/status.js';
import { statusCodes, type ApiError, type ErrorDetail } from '../api/index.js';

/** Who coined the reasons: google.rpc.ErrorInfo.domain. */
export const ERROR_DOMAIN = 'cinema.boxoffice.v1';

/** The error as google.rpc.Status, for streams and for grpc-status-details-bin. */
export function statusMessage(error: ApiError): Status {
  const info = ErrorInfo.encode(
    ErrorInfo.fromPartial({ reason: error.reason, domain: ERROR_DOMAIN, metadata: { ...error.metadata } }),
  ).finish();
  return {
    code: statusCodes[error.code],
    message: error.message,
    details: [any('google.rpc.ErrorInfo', info), ...error.details.map(detailMessage)],
  };
}

/** The error as grpc-js sends it: code and message in the status, details in the trailers. */
export function serviceError(error: ApiError): ServiceError {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(statusMessage(error)).finish()));
  return Object.assign(new Error(error.message), { code: statusCodes[error.code], details: error.message, metadata });
}

function detailMessage(detail: ErrorDetail): Any {
  switch (detail.kind) {
    case 'bad-request':
      return any(
        'google.rpc.BadRequest',
        BadRequest.encode(BadRequest.fromPartial({ fieldViolations: detail.violations.map((violation) => ({ ...violation })) })).finish(),
      );
    case 'precondition-failure':
      return any(
        'google.rpc.PreconditionFailure',
        PreconditionFailure.encode(
          PreconditionFailure.fromPartial({ violations: detail.violations.map((violation) => ({ ...violation })) }),
        ).finish(),
      );
    case 'quota-failure':
      return any(
        'google.rpc.QuotaFailure',
        QuotaFailure.encode(QuotaFailure.fromPartial({ violations: detail.violations.map((violation) => ({ ...violation })) })).finish(),
      );
    case 'retry-info': {
      const { retryDelayMs } = detail;
      const retryDelay = { seconds: Math.floor(retryDelayMs / 1000), nanos: (retryDelayMs % 1000) * 1_000_000 };
      return any('google.rpc.RetryInfo', RetryInfo.encode(RetryInfo.fromPartial({ retryDelay })).finish());
    }
  }
}

function any(type: string, value: Uint8Array): Any {
  return { typeUrl: `type.googleapis.com/${type}`, value: Buffer.from(value) };
}
