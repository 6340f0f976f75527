import type { Catalogue, StoredBooking } from '../../../transport/api/catalogue.js';
import type { SqlPool } from '../pool.js';
import { requirePageSize } from '../../page-size.js';

type BookingQueries = Pick<Catalogue, 'getBooking' | 'listBookings'>;

const COLUMNS = `booking_id AS "bookingId", screening_id AS "screeningId", buyer_id AS "buyerId",
  seat_ids AS "seatIds", state = 'CANCELLED' AS cancelled,
  (extract(epoch FROM create_time) * 1000)::float8 AS "createTimeMs",
  (extract(epoch FROM update_time) * 1000)::float8 AS "updateTimeMs"`;

export function bookingQueries(reads: SqlPool): BookingQueries {
  return {
    async getBooking(bookingId) {
      const [row] = await reads.query<StoredBooking>(
        'booking-get',
        `SELECT ${COLUMNS} FROM booking WHERE booking_id = $1`,
        [bookingId],
      );
      return row;
    },
    async listBookings(filter, after, limit) {
      requirePageSize(limit);
      const values: unknown[] = [limit];
      const conditions: string[] = [];
      if (filter.screeningId !== undefined)
        conditions.push(`screening_id = $${String(values.push(filter.screeningId))}`);
      if (filter.buyerId !== undefined) conditions.push(`buyer_id = $${String(values.push(filter.buyerId))}`);
      if (conditions.length === 0) throw new RangeError('bookings are listed by screening, by buyer or by both');
      // One statement text, and so one plan, for each way to ask: there are six.
      const name = `booking-list-${conditions.map((text) => text.slice(0, 3)).join('-')}${after ? '-after' : ''}`;
      if (after !== undefined) {
        const time = `to_timestamp($${String(values.push(after.createTimeMs))}::float8 / 1000)`;
        conditions.push(`(create_time, booking_id) < (${time}, $${String(values.push(after.bookingId))})`);
      }
      return reads.query<StoredBooking>(
        name,
        `SELECT ${COLUMNS} FROM booking WHERE ${conditions.join(' AND ')}
         ORDER BY create_time DESC, booking_id DESC LIMIT $1`,
        values,
      );
    },
  };
}
