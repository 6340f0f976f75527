import {
  bookingStateFromJSON,
  bookingStateToJSON,
  changeKindFromJSON,
  changeKindToJSON,
  seatStateFromJSON,
  seatStateToJSON,
  type BookingState,
  type ChangeKind,
  type SeatState,
} from '../../proto/gen/cinema/boxoffice/v1/resources.js';

import {
  nodeStateFromJSON,
  nodeStateToJSON,
  type NodeState,
} from '../../proto/gen/cinema/cluster/v1/cluster_service.js';

/**
 * A message of the API as JSON: field names as in the protos (snake_case), times in
 * RFC 3339, durations like "60s", enum values without their prefix. Fields at their
 * default are there; absent messages are not.
 */
export function apiJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(apiJson);
  if (!isRecord(value)) return value;
  if (typeof value['$case'] === 'string') return { [snakeCase(value['$case'])]: apiJson(value['value']) };
  if (isDuration(value)) return `${value.seconds + value.nanos / 1e9}s`;
  const json: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    json[snakeCase(name)] = typeof field === 'number' ? numberOrEnum(value, name, field) : apiJson(field);
  }
  return json;
}

/** FREE, HELD, BOOKED or BLOCKED. */
export function seatStateName(state: SeatState): string {
  return seatStateToJSON(state).replace('SEAT_STATE_', '');
}

export function changeKindName(kind: ChangeKind): string {
  return changeKindToJSON(kind).replace('CHANGE_KIND_', '');
}

/** ACTIVE or CANCELLED. */
export function bookingStateName(state: BookingState): string {
  return bookingStateToJSON(state).replace('BOOKING_STATE_', '');
}

/** SERVING, DRAINING, UNFIT or ABSENT. */
export function nodeStateName(state: NodeState): string {
  return nodeStateToJSON(state).replace('NODE_STATE_', '');
}

function numberOrEnum(owner: Readonly<Record<string, unknown>>, name: string, value: number): unknown {
  if (name === 'kind') return changeKindName(changeKindFromJSON(value));
  if (name !== 'state') return value;
  if ('nodeId' in owner) return nodeStateName(nodeStateFromJSON(value));
  return 'bookingId' in owner ? bookingStateName(bookingStateFromJSON(value)) : seatStateName(seatStateFromJSON(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isDuration(value: object): value is { readonly seconds: number; readonly nanos: number } {
  return 'seconds' in value && 'nanos' in value;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
