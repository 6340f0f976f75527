import type { Refusal } from '../../../actors/screening/refusals.js';
import { SeatState } from '../../../actors/screening/seat-state.js';
import { StorageUnavailable, type Failure } from '../../runtime/index.js';
import { ApiError, invalidFields } from './api-error.js';

const seatReasons = {
  [SeatState.Free]: 'SEAT_FREE',
  [SeatState.Held]: 'SEAT_HELD',
  [SeatState.Booked]: 'SEAT_BOOKED',
  [SeatState.Blocked]: 'SEAT_BLOCKED',
} as const;

/** The one table from a screening's "no" to the public error. */
export function refusalError(refusal: Refusal): ApiError {
  switch (refusal.kind) {
    case 'seat-unavailable':
      return new ApiError(
        'FAILED_PRECONDITION',
        'SEAT_UNAVAILABLE',
        'one or more seats are not free',
        { seat_ids: refusal.seats.map(({ seatId }) => seatId).join(',') },
        [
          {
            kind: 'precondition-failure',
            violations: refusal.seats.map(({ seatId, state }) => ({
              type: seatReasons[state],
              subject: seatId,
              description: `seat ${seatId} is not free`,
            })),
          },
        ],
      );
    case 'unknown-seats':
      return invalidFields(
        refusal.seatIds.map((seatId) => ({
          field: 'seat_ids',
          description: `seat ${quoted(seatId)} is not in this screening`,
        })),
      );
    case 'seats-not-in-hold':
      return invalidFields(
        refusal.seatIds.map((seatId) => ({
          field: 'seat_ids',
          description: `seat ${quoted(seatId)} is not in this hold`,
        })),
      );
    case 'seats-not-in-booking':
      return invalidFields(
        refusal.seatIds.map((seatId) => ({
          field: 'seat_ids',
          description: `seat ${quoted(seatId)} is not in this booking`,
        })),
      );
    case 'too-many-seats':
      return limitExceeded(
        'seat_ids',
        `at most ${String(refusal.limit)} seats per request, ${String(refusal.requested)} were asked for`,
        { limit: String(refusal.limit), requested: String(refusal.requested) },
      );
    case 'buyer-limit':
      return limitExceeded(
        'buyer_id',
        `at most ${String(refusal.limit)} seats per buyer, who has ${String(refusal.taken)} and asked for ${String(refusal.requested)} more`,
        { limit: String(refusal.limit), taken: String(refusal.taken), requested: String(refusal.requested) },
      );
    case 'ttl-too-long':
      return invalidFields([{ field: 'ttl', description: `must be at most ${String(refusal.limitMs / 1000)} s` }]);
    case 'hold-expired':
      return new ApiError('FAILED_PRECONDITION', 'HOLD_EXPIRED', 'the hold has expired', {
        free_seat_ids: refusal.freeSeatIds.join(','),
      });
    case 'hold-not-found':
      return new ApiError(
        'NOT_FOUND',
        'HOLD_NOT_FOUND',
        'there is no such hold',
        refusal.ended === undefined ? {} : { ended: refusal.ended },
      );
    case 'hold-token-mismatch':
      return new ApiError('PERMISSION_DENIED', 'HOLD_TOKEN_MISMATCH', 'the hold belongs to another buyer');
    case 'booking-not-found':
      return new ApiError(
        'NOT_FOUND',
        'BOOKING_NOT_FOUND',
        'there is no such active booking',
        refusal.cancelled ? { ended: 'cancelled' } : {},
      );
    case 'booking-buyer-mismatch':
      return new ApiError('PERMISSION_DENIED', 'BOOKING_BUYER_MISMATCH', 'the booking belongs to another buyer');
    case 'sales-not-open':
      return new ApiError('FAILED_PRECONDITION', 'SALES_NOT_OPEN', 'sales are not open yet', {
        opens_at: new Date(refusal.opensAtMs).toISOString(),
      });
    case 'sales-closed':
      return new ApiError('FAILED_PRECONDITION', 'SALES_CLOSED', 'sales are closed', {
        closed_at: new Date(refusal.closedAtMs).toISOString(),
      });
    case 'screening-cancelled':
      return new ApiError('FAILED_PRECONDITION', 'SCREENING_CANCELLED', 'the screening is cancelled');
    case 'stale-revision':
      return new ApiError('ABORTED', 'STALE_REVISION', 'the seat map has changed', {
        revision: String(refusal.revision),
      });
    case 'request-id-reused':
      return new ApiError('INVALID_ARGUMENT', 'REQUEST_ID_REUSED', 'request_id was used for another request');
    case 'invalid-terms':
      return invalidFields([{ field: refusal.field, description: refusal.problem }]);
    case 'request-log-full':
      return new ApiError(
        'RESOURCE_EXHAUSTED',
        'OVERLOADED',
        'the screening remembers as many requests as it may',
        {},
        [{ kind: 'retry-info', retryDelayMs: 60_000 }],
      );
  }
}

/** The one table from a failure of the system to the public error. */
export function failureError({ kind }: Failure): ApiError {
  switch (kind) {
    case 'overloaded':
      return new ApiError('RESOURCE_EXHAUSTED', 'OVERLOADED', 'too many commands are waiting', {}, [
        { kind: 'retry-info', retryDelayMs: 200 },
      ]);
    case 'deadline-exceeded':
      return new ApiError(
        'DEADLINE_EXCEEDED',
        'DEADLINE_EXCEEDED',
        'the deadline passed while the command waited; it had no effect',
      );
    case 'owner-moving':
      return new ApiError('UNAVAILABLE', 'OWNER_MOVING', 'the screening is changing hands', {}, [
        { kind: 'retry-info', retryDelayMs: 50 },
      ]);
    case 'draining':
      return new ApiError('UNAVAILABLE', 'DRAINING', 'this node is stopping', {}, [
        { kind: 'retry-info', retryDelayMs: 100 },
      ]);
    case 'storage-unavailable':
      return storageUnavailable();
    case 'not-found':
      return new ApiError('NOT_FOUND', 'SCREENING_NOT_FOUND', 'there is no such screening');
    case 'internal':
      return new ApiError('INTERNAL', 'INTERNAL', 'internal error');
  }
}

/** The outcome of a mutation is unknown: the caller repeats it with the same request_id. */
export function storageUnavailable(cause?: unknown): ApiError {
  return new ApiError(
    'UNAVAILABLE',
    'STORAGE_UNAVAILABLE',
    'the database is not available',
    {},
    [{ kind: 'retry-info', retryDelayMs: 500 }],
    { cause },
  );
}

/** For a `catch`: throws a StorageUnavailable as callers are told of it, any other error as it is. */
export function rethrowForCallers(error: unknown): never {
  throw error instanceof StorageUnavailable ? storageUnavailable(error) : error;
}

function limitExceeded(subject: string, description: string, metadata: Record<string, string>): ApiError {
  return new ApiError('RESOURCE_EXHAUSTED', 'TICKET_LIMIT_EXCEEDED', 'over the limit of seats', metadata, [
    { kind: 'quota-failure', violations: [{ subject, description }] },
  ]);
}

/** Text of a caller inside a message of ours, shortened. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
