import type {
  AuditoriumRow,
  Catalogue,
  Creation,
  NewAuditorium,
  ScreeningRow,
  StoredBooking,
} from '../../transport/api/catalogue.js';
import { requirePageSize } from '../page-size.js';
import { earliestUpcomingMs } from '../upcoming.js';
import type { MemoryTables } from './tables.js';

export function memoryCatalogue(tables: MemoryTables): Catalogue {
  const { auditoriums, screenings, bookings } = tables;
  return {
    async createAuditorium(auditorium) {
      await Promise.resolve();
      const answer = earlier(auditoriums, auditorium, auditorium.auditoriumId, auditoriumRow);
      if (answer !== undefined) return answer;
      auditoriums.set(auditorium.auditoriumId, auditorium);
      return { kind: 'created', row: auditoriumRow(auditorium) };
    },
    async getAuditorium(auditoriumId) {
      await Promise.resolve();
      const found = auditoriums.get(auditoriumId);
      return found === undefined ? undefined : auditoriumRow(found);
    },
    async listAuditoriums(afterId, limit) {
      requirePageSize(limit);
      await Promise.resolve();
      return [...auditoriums.values()]
        .filter(({ auditoriumId }) => afterId === undefined || auditoriumId > afterId)
        .sort((a, b) => compare(a.auditoriumId, b.auditoriumId))
        .slice(0, limit)
        .map(auditoriumRow);
    },
    async loadSeatingPlan(auditoriumId) {
      await Promise.resolve();
      return auditoriums.get(auditoriumId)?.seatingPlan;
    },
    async createScreening({ firstTurn, ...screening }) {
      await Promise.resolve();
      const { screeningId } = screening;
      const answer = earlier(screenings, screening, screeningId, screeningRow);
      if (answer !== undefined) return answer;
      if (!auditoriums.has(screening.auditoriumId)) throw new Error(`no auditorium ${screening.auditoriumId}`);
      const row = { ...screening, cancelled: false };
      screenings.set(screeningId, row);
      tables.owners.set(screeningId, { epoch: 0, revision: 1, wakeAtMs: null, holder: undefined });
      tables.journals.set(screeningId, [{ revision: 1, epoch: 0, events: firstTurn.slice() }]);
      return { kind: 'created', row: screeningRow(row) };
    },
    async screeningMadeBy(requestId) {
      await Promise.resolve();
      const made = [...screenings.values()].find((row) => row.requestId === requestId);
      return made === undefined ? undefined : { screeningId: made.screeningId, fingerprint: made.fingerprint };
    },
    async getScreening(screeningId) {
      await Promise.resolve();
      const found = screenings.get(screeningId);
      return found === undefined ? undefined : screeningRow(found);
    },
    async listScreenings({ upcomingAtMs }, after, limit) {
      requirePageSize(limit);
      await Promise.resolve();
      const order = (a: Start, b: Start): number =>
        a.startsAtMs - b.startsAtMs || compare(a.screeningId, b.screeningId);
      return [...screenings.values()]
        .map((row) => ({ row, start: { startsAtMs: row.terms.startsAtMs, screeningId: row.screeningId } }))
        .filter(({ row }) => upcomingAtMs === undefined || isUpcoming(row.terms, upcomingAtMs))
        .filter(({ start }) => after === undefined || order(start, after) > 0)
        .sort((a, b) => order(a.start, b.start))
        .slice(0, limit)
        .map(({ row }) => screeningRow(row));
    },
    async getBooking(bookingId) {
      await Promise.resolve();
      return bookings.get(bookingId);
    },
    async listBookings({ screeningId, buyerId }, after, limit) {
      requirePageSize(limit);
      if (screeningId === undefined && buyerId === undefined) {
        throw new RangeError('bookings are listed by screening, by buyer or by both');
      }
      await Promise.resolve();
      return [...bookings.values()]
        .filter((booking) => screeningId === undefined || booking.screeningId === screeningId)
        .filter((booking) => buyerId === undefined || booking.buyerId === buyerId)
        .filter((booking) => after === undefined || newestFirst(booking, after) > 0)
        .sort(newestFirst)
        .slice(0, limit);
    },
  };
}

interface Start {
  readonly startsAtMs: number;
  readonly screeningId: string;
}

const isUpcoming = ({ startsAtMs, salesCloseAtMs }: ScreeningRow['terms'], atMs: number): boolean =>
  startsAtMs > atMs || (startsAtMs >= earliestUpcomingMs(atMs) && salesCloseAtMs > atMs);

type BookingKey = Pick<StoredBooking, 'createTimeMs' | 'bookingId'>;

const newestFirst = (a: BookingKey, b: BookingKey): number =>
  b.createTimeMs - a.createTimeMs || compare(b.bookingId, a.bookingId);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Requested {
  readonly requestId: string;
  readonly fingerprint: string;
}

/** The answer when the request or the id was there before; undefined when both are new. */
function earlier<Stored extends Requested, Row>(
  table: ReadonlyMap<string, Stored>,
  { requestId, fingerprint }: Requested,
  id: string,
  rowOf: (stored: Stored) => Row,
): Creation<Row> | undefined {
  const made = [...table.values()].find((stored) => stored.requestId === requestId);
  if (made === undefined) return table.has(id) ? { kind: 'taken' } : undefined;
  return made.fingerprint === fingerprint ? { kind: 'created', row: rowOf(made) } : { kind: 'request-reused' };
}

function auditoriumRow({ auditoriumId, name, capacity, categories, createTimeMs }: NewAuditorium): AuditoriumRow {
  return { auditoriumId, name, capacity, categories, createTimeMs };
}

function screeningRow(row: ScreeningRow): ScreeningRow {
  const { screeningId, auditoriumId, capacity, terms, cancelled, createTimeMs } = row;
  return { screeningId, auditoriumId, capacity, terms, cancelled, createTimeMs };
}
