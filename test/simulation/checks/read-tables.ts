import { SeatState } from '../../../actors/screening/seat-state.js';
import type { MemoryTables } from '../../../src/storage/memory/index.js';
import type { ScreeningHistory } from './screening-history.js';
import { must } from './violation.js';

/** The rows that are read with SQL say what the journal says. @throws Violation */
export function checkReadTables(history: ScreeningHistory, tables: MemoryTables): void {
  const { screeningId, seatIds } = history;
  const booked = tables.bookedSeats.get(screeningId);
  for (const [seat, spans] of history.seats.entries()) {
    const { state, owner } = spans.newest;
    const expected = state === SeatState.Booked ? owner : undefined;
    const stored = booked?.get(seatIds[seat] ?? '');
    must(
      stored === expected,
      () => `${screeningId}: booked_seat has ${String(stored)} for ${seatIds[seat] ?? ''}, not ${String(expected)}`,
    );
  }
  for (const { bookingId, terms } of history.bookings.values()) {
    const stored = tables.bookings.get(bookingId)?.seatIds.join(' ');
    const expected = terms.newest.seats.map((seat) => seatIds[seat]).join(' ');
    must(
      stored === expected,
      () => `${screeningId}: booking ${bookingId} has seats ${String(stored)}, not ${expected}`,
    );
  }
  const revision = tables.owners.get(screeningId)?.revision;
  must(
    revision === history.revision,
    () => `${screeningId}: the owner row is at r${String(revision)}, the journal at r${String(history.revision)}`,
  );
}
