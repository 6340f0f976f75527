import { status, type ServiceError } from '@grpc/grpc-js';
import {
  BadRequest,
  ErrorInfo,
  PreconditionFailure,
  QuotaFailure,
  RetryInfo,
} from '../../proto/gen/google/rpc/error_details.js';
import { Status } from '../../proto/gen/cinema/boxoffice/v1/status.js';
import { CallFailed } from './box-office-client.js';
import { HttpFailed } from './seat-map-reply.js';

/** Why a command did not do what was asked. */
export interface Failure {
  /** Name of the gRPC code; empty when it was no call that failed. */
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** One line each: the seat, field or limit, and what is wrong with it. */
  readonly details: readonly string[];
}

/** Anything thrown, as its reader should be told of it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CallFailed) return failureOfCall(error);
  if (error instanceof HttpFailed) {
    const { code, reason, message } = error;
    return { code, reason, message, metadata: {}, details: [] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: '', reason: '', message, metadata: {}, details: [] };
}

/** A few lines for people. */
export function failureText({ code, reason, message, metadata, details }: Failure): string {
  const head = [code, reason].filter((word) => word !== '').join(' ');
  const facts = Object.entries(metadata).map(([name, value]) => `  ${name}: ${value}`);
  return [`${head === '' ? 'error' : head}: ${message}`, ...facts, ...details.map((detail) => `  ${detail}`), ''].join(
    '\n',
  );
}

function failureOfCall({ error, message, address, requestId }: CallFailed): Failure {
  const code = status[error.code];
  const sent = sentDetails(error);
  const hint =
    requestId !== undefined && isOutcomeUnknown(error)
      ? [`it may have happened all the same; ask again with --request-id ${requestId}`]
      : [];
  // A node always gives a reason; grpc-js, which speaks when nobody answers, does not.
  const isSilence = error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED;
  const details = sent.reason === '' && isSilence ? [`no answer from ${address}`] : sent.details;
  return {
    code,
    reason: sent.reason,
    message,
    metadata: sent.metadata,
    details: [...details.filter((detail) => detail !== message), ...hint],
  };
}

/** How long the node asks to be left alone before the next try; undefined when it does not say. */
export function retryDelayMsOf(error: ServiceError): number | undefined {
  const info = detailsOf(error).find(({ typeUrl }) => typeUrl.endsWith('/google.rpc.RetryInfo'));
  const delay = info === undefined ? undefined : RetryInfo.decode(info.value).retryDelay;
  return delay === undefined ? undefined : delay.seconds * 1000 + delay.nanos / 1e6;
}

function detailsOf({ metadata }: ServiceError): Status['details'] {
  const [bytes] = metadata.get('grpc-status-details-bin');
  return bytes instanceof Buffer ? Status.decode(bytes).details : [];
}

function isOutcomeUnknown({ code }: ServiceError): boolean {
  return (
    code === status.UNAVAILABLE ||
    code === status.DEADLINE_EXCEEDED ||
    code === status.CANCELLED ||
    code === status.UNKNOWN
  );
}

function sentDetails(error: ServiceError): Omit<Failure, 'code' | 'message'> {
  let reason = '';
  let facts: Readonly<Record<string, string>> = {};
  const details: string[] = [];
  for (const { typeUrl, value } of detailsOf(error)) {
    switch (typeUrl.slice(typeUrl.lastIndexOf('/') + 1)) {
      case 'google.rpc.ErrorInfo': {
        const info = ErrorInfo.decode(value);
        reason = info.reason;
        facts = info.metadata;
        break;
      }
      case 'google.rpc.BadRequest':
        for (const { field, description } of BadRequest.decode(value).fieldViolations)
          details.push(`${field}: ${description}`);
        break;
      case 'google.rpc.PreconditionFailure':
        for (const { type, subject, description } of PreconditionFailure.decode(value).violations) {
          details.push(`${subject}: ${type}${description === '' ? '' : ` (${description})`}`);
        }
        break;
      case 'google.rpc.QuotaFailure':
        for (const { subject, description } of QuotaFailure.decode(value).violations)
          details.push(`${subject}: ${description}`);
        break;
      case 'google.rpc.RetryInfo': {
        const { retryDelay } = RetryInfo.decode(value);
        if (retryDelay !== undefined) details.push(`try again in ${retryDelay.seconds + retryDelay.nanos / 1e9} s`);
        break;
      }
    }
  }
  return { reason, metadata: facts, details };
}
