import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import {
  BadRequest,
  ErrorInfo,
  PreconditionFailure,
  QuotaFailure,
  RetryInfo,
} from '../../../proto/gen/google/rpc/error_details.js';
import type { Any } from '../../../proto/gen/google/protobuf/any.js';
import { Status } from '../../../proto/gen/cinema/boxoffice/v1/status.js';
import { statusCodes, type ApiError, type ErrorDetail } from '../api/index.js';

/** Who coined the reasons: google.rpc.ErrorInfo.domain. */
const ERROR_DOMAIN = 'cinema.boxoffice.v1';

/**
 * Details go into HTTP/2 trailers. Clients take 8 KiB of those by default, and a
 * server that tries to send more than 64 KiB loses the whole connection; base64 makes
 * three bytes four.
 */
const VIOLATIONS_BYTES_MAX = 4_096;
const METADATA_VALUE_BYTES_MAX = 1_024;

/** The error as google.rpc.Status, for streams and for grpc-status-details-bin. */
export function statusMessage(error: ApiError): Status {
  const details = error.details.map(fitting);
  const omitted = details.reduce((sum, detail) => sum + detail.omitted, 0);
  const metadata = Object.fromEntries(Object.entries(error.metadata).map(([key, value]) => [key, shortened(value)]));
  const info = ErrorInfo.encode(
    ErrorInfo.fromPartial({
      reason: error.reason,
      domain: ERROR_DOMAIN,
      metadata: omitted === 0 ? metadata : { ...metadata, omitted_violations: String(omitted) },
    }),
  ).finish();
  return {
    code: statusCodes[error.code],
    message: error.message,
    details: [any('google.rpc.ErrorInfo', info), ...details.map(({ detail }) => detailMessage(detail))],
  };
}

/** The error as grpc-js sends it: code and message in the status, details in the trailers. */
export function serviceError(error: ApiError): ServiceError {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(statusMessage(error)).finish()));
  return Object.assign(new Error(error.message), { code: status[error.code], details: error.message, metadata });
}

/** The detail with as many violations as may be sent: the first of thousands say enough. */
function fitting(detail: ErrorDetail): { readonly detail: ErrorDetail; readonly omitted: number } {
  switch (detail.kind) {
    case 'bad-request': {
      const violations = firstThatFit(detail.violations);
      return { detail: { ...detail, violations }, omitted: detail.violations.length - violations.length };
    }
    case 'precondition-failure': {
      const violations = firstThatFit(detail.violations);
      return { detail: { ...detail, violations }, omitted: detail.violations.length - violations.length };
    }
    case 'quota-failure':
    case 'retry-info':
      return { detail, omitted: 0 };
  }
}

function firstThatFit<Violation extends object>(violations: readonly Violation[]): readonly Violation[] {
  let bytes = 0;
  const fit = violations.findIndex((violation) => {
    for (const text of Object.values(violation)) bytes += Buffer.byteLength(String(text)) + 4;
    return bytes > VIOLATIONS_BYTES_MAX;
  });
  return fit === -1 ? violations : violations.slice(0, Math.max(1, fit));
}

/** A list of ids is cut between two of them. */
function shortened(value: string): string {
  if (Buffer.byteLength(value) <= METADATA_VALUE_BYTES_MAX) return value;
  const cut = Buffer.from(value).subarray(0, METADATA_VALUE_BYTES_MAX).toString();
  return `${cut.slice(0, Math.max(0, cut.lastIndexOf(',')))},...`;
}

function detailMessage(detail: ErrorDetail): Any {
  switch (detail.kind) {
    case 'bad-request':
      return any(
        'google.rpc.BadRequest',
        BadRequest.encode(
          BadRequest.fromPartial({ fieldViolations: detail.violations.map((violation) => ({ ...violation })) }),
        ).finish(),
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
        QuotaFailure.encode(
          QuotaFailure.fromPartial({ violations: detail.violations.map((violation) => ({ ...violation })) }),
        ).finish(),
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
