import type { BookSeats, CancelBooking, DecisionContext } from './commands.js';
import { answer, happen, partOf, refuse, staleRevision, type Decision, type ScreeningRules } from './decision.js';
import type { Origin } from './events.js';
import { takeSeats } from './seat-choice.js';
import type { ScreeningState } from './state.js';

export function bookSeats(
  state: ScreeningState,
  command: BookSeats,
  origin: Origin,
  context: DecisionContext,
  rules: ScreeningRules,
): Decision {
  const stale = staleRevision(state, command.revision);
  if (state.cancelled) return refuse({ kind: 'screening-cancelled' });
  if (stale !== undefined) return refuse(stale);
  const requested = command.seatIds.length;
  if (requested > rules.staffSeatsPerRequest)
    return refuse({ kind: 'too-many-seats', limit: rules.staffSeatsPerRequest, requested });
  const choice = takeSeats(state, command.seatIds, context.nowMs);
  if (choice.kind === 'refused') return refuse(choice.refusal);
  if (command.validateOnly) {
    return answer({
      kind: 'booked',
      booking: {
        bookingId: '',
        buyerId: command.buyerId,
        seatIds: choice.seats.map((seat) => state.layout.seatIds[seat] ?? ''),
        createTimeMs: context.nowMs,
        updateTimeMs: context.nowMs,
      },
      revision: state.revision,
    });
  }
  return happen([
    ...choice.expired,
    { kind: 'seats-booked', origin, bookingId: context.freshToken, buyerId: command.buyerId, seats: choice.seats },
  ]);
}

export function cancelBooking(state: ScreeningState, command: CancelBooking, origin: Origin): Decision {
  const booking = state.bookings.get(command.bookingId);
  if (booking === undefined) {
    return refuse({ kind: 'booking-not-found', cancelled: state.ended.find(command.bookingId)?.how === 'cancelled' });
  }
  if (booking.buyerId !== command.buyerId) return refuse({ kind: 'booking-buyer-mismatch' });
  const part = partOf(state, booking.seats, command.seatIds);
  if (part.strangers.length > 0) return refuse({ kind: 'seats-not-in-booking', seatIds: part.strangers });
  return happen([{ kind: 'booking-cancelled', origin, bookingId: command.bookingId, seats: part.seats }]);
}
