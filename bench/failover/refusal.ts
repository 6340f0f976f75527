import { ErrorInfo, PreconditionFailure } from '../../proto/gen/google/rpc/error_details.js';
import { Status } from '../../proto/gen/cinema/boxoffice/v1/status.js';

/** Why a seat was refused, as the error's details say it. */
export interface Refusal {
  readonly reason: string;
  /** Why, by seat: SEAT_HELD, SEAT_BOOKED, SEAT_BLOCKED. */
  readonly seats: ReadonlyMap<string, string>;
}

/** @param details grpc-status-details-bin, base64. Undefined when there are none. @throws when they cannot be read */
export function readRefusal(details: string | undefined): Refusal | undefined {
  if (details === undefined) return undefined;
  const status = Status.decode(Buffer.from(details, 'base64'));
  const valueOf = (type: string): Uint8Array | undefined =>
    status.details.find(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${type}`)?.value;
  const info = valueOf('ErrorInfo');
  const failure = valueOf('PreconditionFailure');
  if (info === undefined) return undefined;
  const violations = failure === undefined ? [] : PreconditionFailure.decode(failure).violations;
  return {
    reason: ErrorInfo.decode(info).reason,
    seats: new Map(violations.map(({ subject, type }) => [subject, type])),
  };
}
