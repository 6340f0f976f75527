import { ApiFailure, type ApiFailureDetail } from '../../../../proto/gen/cinema/cluster/v1/peer_service.js';
import { ApiError, statusCodes, type ErrorDetail, type StatusCode } from '../api-error.js';

/** An error of the public API on its way between nodes: nothing of it is lost but its cause. */
export function encodeFailure(error: ApiError): Uint8Array {
  const { code, reason, message, metadata } = error;
  return ApiFailure.encode({
    code,
    reason,
    message,
    metadata: { ...metadata },
    details: error.details.map((detail) => ({ detail: detailMessage(detail) })),
  }).finish();
}

/** @throws TypeError when it does not make sense: a peer is broken, and a caller must not guess what it meant */
export function decodeFailure(bytes: Uint8Array): ApiError {
  const failure = read(bytes);
  if (failure === undefined || !isStatusCode(failure.code)) {
    throw new TypeError('a peer answered nonsense');
  }
  const { code, reason, message, metadata } = failure;
  return new ApiError(code, reason, message, metadata, failure.details.flatMap(detailOf));
}

function read(bytes: Uint8Array): ApiFailure | undefined {
  try {
    return ApiFailure.decode(bytes);
  } catch {
    return undefined;
  }
}

function isStatusCode(code: string): code is StatusCode {
  return Object.hasOwn(statusCodes, code);
}

function detailMessage(detail: ErrorDetail): ApiFailureDetail['detail'] {
  switch (detail.kind) {
    case 'bad-request': {
      const violations = detail.violations.map(({ field, description }) => ({ type: '', subject: field, description }));
      return { $case: 'badRequest', value: { violations } };
    }
    case 'precondition-failure':
      return { $case: 'preconditionFailure', value: { violations: detail.violations.map((each) => ({ ...each })) } };
    case 'quota-failure':
      return {
        $case: 'quotaFailure',
        value: { violations: detail.violations.map((each) => ({ type: '', ...each })) },
      };
    case 'retry-info':
      return { $case: 'retryDelayMs', value: detail.retryDelayMs };
  }
}

function detailOf({ detail }: ApiFailureDetail): readonly ErrorDetail[] {
  switch (detail?.$case) {
    case 'badRequest': {
      const violations = detail.value.violations.map(({ subject, description }) => ({ field: subject, description }));
      return [{ kind: 'bad-request', violations }];
    }
    case 'preconditionFailure':
      return [{ kind: 'precondition-failure', violations: detail.value.violations }];
    case 'quotaFailure': {
      const violations = detail.value.violations.map(({ subject, description }) => ({ subject, description }));
      return [{ kind: 'quota-failure', violations }];
    }
    case 'retryDelayMs':
      return [{ kind: 'retry-info', retryDelayMs: detail.value }];
    case undefined:
      return [];
  }
}
