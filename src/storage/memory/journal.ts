import type { ScreeningProjection } from '../../../actors/screening/projection.js';
import type { AppendResult, JournalReader, JournalWriter, TurnRecord } from '../../runtime/ports.js';
import type { MemoryTables } from './tables.js';

/** The guards of the real journal: epoch, contiguous revision, one booking per seat. */
export function memoryJournalWriter(tables: MemoryTables, lanes: number): JournalWriter<ScreeningProjection> {
  const busy = new Set<number>();
  return {
    async appendBatch(lane, turns) {
      if (!(lane >= 0 && lane < lanes)) throw new RangeError(`lane ${String(lane)} of ${String(lanes)}`);
      if (busy.has(lane)) throw new Error(`lane ${String(lane)} is in use: calls on one lane must not overlap`);
      if (new Set(turns.map(({ entityId }) => entityId)).size < turns.length) {
        throw new RangeError('a batch with two turns of one entity');
      }
      busy.add(lane);
      await Promise.resolve(); // no answer before the caller went on, as with a real database
      busy.delete(lane);
      return turns.map((turn) => append(tables, turn));
    },
  };
}

function append(tables: MemoryTables, turn: TurnRecord<ScreeningProjection>): AppendResult {
  const { entityId, epoch, revision, wakeAtMs, projection } = turn;
  const owner = tables.owners.get(entityId);
  if (owner?.epoch !== epoch || owner.revision !== revision - 1) return 'fenced';
  const journal = tables.journals.get(entityId);
  if (journal === undefined || (journal.at(-1)?.revision ?? 0) >= revision) return 'conflict';
  if (projection !== undefined && !project(tables, entityId, projection)) return 'conflict';
  journal.push({ revision, epoch, events: turn.events.slice() });
  tables.owners.set(entityId, { ...owner, revision, wakeAtMs });
  return 'committed';
}

/** All of it or, when a row is not as the turn says, nothing: then false. */
function project(tables: MemoryTables, screeningId: string, projection: ScreeningProjection): boolean {
  const { bookings, seats, terms } = projection;
  const booked = new Map(tables.bookedSeats.get(screeningId));
  for (const { seatId, from, to } of seats) {
    if ((booked.get(seatId) ?? null) !== from) return false;
    if (to === null) booked.delete(seatId);
    else booked.set(seatId, to);
  }
  if (bookings.some(({ bookingId }) => (tables.bookings.get(bookingId)?.screeningId ?? screeningId) !== screeningId)) {
    return false;
  }
  const screening = tables.screenings.get(screeningId);
  if (terms !== undefined && screening === undefined) return false;

  tables.bookedSeats.set(screeningId, booked);
  for (const booking of bookings) {
    const createTimeMs = tables.bookings.get(booking.bookingId)?.createTimeMs ?? booking.createTimeMs;
    tables.bookings.set(booking.bookingId, { ...booking, seatIds: [...booking.seatIds], createTimeMs, screeningId });
  }
  if (terms !== undefined && screening !== undefined) {
    tables.screenings.set(screeningId, { ...screening, terms: { ...terms.terms }, cancelled: terms.cancelled });
  }
  return true;
}

export function memoryJournalReader(tables: MemoryTables): JournalReader {
  return {
    async read(entityId, afterRevision, limit) {
      if (!(limit >= 1 && limit <= 10_000)) throw new RangeError(`limit ${String(limit)}, 1 to 10,000`);
      await Promise.resolve();
      const rows = tables.journals.get(entityId) ?? [];
      return rows
        .slice(Math.max(0, afterRevision))
        .slice(0, limit)
        .map((row) => ({ ...row, events: row.events.slice() }));
    },
  };
}
