import { decodeTurn } from '../../../actors/screening/codec.js';
import type { ScreeningEvent } from '../../../actors/screening/events.js';
import { seatIdsAt, type SeatLayout } from '../../../actors/screening/seat-layout.js';
import { seatsTouched } from '../../../actors/screening/turn-changes.js';
import { ChangeKind, SeatState, type StatusChange } from '../../../proto/gen/cinema/boxoffice/v1/resources.js';
import type { JournalRow } from '../../runtime/index.js';

const kinds = {
  'screening-created': [ChangeKind.CHANGE_KIND_SCREENING_CREATED, SeatState.SEAT_STATE_BLOCKED],
  'screening-updated': [ChangeKind.CHANGE_KIND_SCREENING_UPDATED, SeatState.SEAT_STATE_UNSPECIFIED],
  'screening-cancelled': [ChangeKind.CHANGE_KIND_SCREENING_CANCELLED, SeatState.SEAT_STATE_UNSPECIFIED],
  'seats-held': [ChangeKind.CHANGE_KIND_SEATS_HELD, SeatState.SEAT_STATE_HELD],
  'hold-extended': [ChangeKind.CHANGE_KIND_HOLD_EXTENDED, SeatState.SEAT_STATE_UNSPECIFIED],
  'hold-released': [ChangeKind.CHANGE_KIND_HOLD_RELEASED, SeatState.SEAT_STATE_FREE],
  'hold-expired': [ChangeKind.CHANGE_KIND_HOLD_EXPIRED, SeatState.SEAT_STATE_FREE],
  'hold-confirmed': [ChangeKind.CHANGE_KIND_HOLD_CONFIRMED, SeatState.SEAT_STATE_BOOKED],
  'seats-booked': [ChangeKind.CHANGE_KIND_SEATS_BOOKED, SeatState.SEAT_STATE_BOOKED],
  'booking-cancelled': [ChangeKind.CHANGE_KIND_BOOKING_CANCELLED, SeatState.SEAT_STATE_FREE],
} as const satisfies Record<ScreeningEvent['kind'], readonly [ChangeKind, SeatState]>;

/** One journal row as the public history tells it: seats and states, no buyers. */
export function statusChanges(layout: SeatLayout, row: JournalRow): StatusChange[] {
  const { timeMs, events } = decodeTurn(row.events);
  return events.map((event) => {
    const [kind, state] = kinds[event.kind];
    const seatIds = seatIdsAt(layout, seatsTouched(event));
    return {
      revision: row.revision,
      epoch: row.epoch,
      changeTime: new Date(timeMs),
      kind,
      seatIds,
      state: seatIds.length === 0 ? SeatState.SEAT_STATE_UNSPECIFIED : state,
    };
  });
}
