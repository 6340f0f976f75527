import { z } from 'zod';
import type { JournalReader } from '../../runtime/index.js';
import type { SeatMapReader } from '../../streams/index.js';
import { ApiError } from './api-error.js';
import type { AuditoriumPlans } from './auditorium-plans.js';
import type { BoxOffice } from './box-office.js';
import type { BuyerBookings } from './buyer-bookings.js';
import type { Catalogue } from './catalogue.js';
import { seatMapMessage, storedBookingMessage } from './messages.js';
import { failureError } from './refusals.js';
import * as schemas from './request-schemas.js';
import { statusChanges } from './status-changes.js';

type SeatQueries = Pick<BoxOffice, 'getSeatMap' | 'getBooking' | 'listBookings' | 'listStatusChanges'>;

const bookingCursor = z.tuple([schemas.cursorTime, schemas.id]);
const changesCursor = z.tuple([z.number().int().min(0)]);

/** What is read: seat maps, bookings, the journal. */
export function seatQueries(
  seatMaps: SeatMapReader,
  buyerBookings: BuyerBookings,
  catalogue: Pick<Catalogue, 'getBooking' | 'listBookings'>,
  journal: JournalReader,
  plans: Pick<AuditoriumPlans, 'layout'>,
): SeatQueries {
  return {
    async getSeatMap(request, { deadlineMs }) {
      const { screeningId } = schemas.read(schemas.getSeatMap, request);
      return { seatMap: await seatMaps.read(screeningId, deadlineMs, seatMapMessage) };
    },
    async getBooking(request) {
      const { bookingId } = schemas.read(schemas.getBooking, request);
      const booking = await catalogue.getBooking(bookingId);
      if (booking === undefined) throw new ApiError('NOT_FOUND', 'BOOKING_NOT_FOUND', 'there is no such booking');
      return { booking: storedBookingMessage(booking) };
    },
    async listBookings(request) {
      const { screeningId, buyerId, pageSize, pageToken } = schemas.read(schemas.listBookings, request);
      const cursor = schemas.readPageToken(bookingCursor, pageToken);
      const after = cursor === undefined ? undefined : { createTimeMs: cursor[0], bookingId: cursor[1] };
      const filter = {
        ...(screeningId === undefined ? {} : { screeningId }),
        ...(buyerId === undefined ? {} : { buyerId }),
      };
      const isFirstOfBuyer = buyerId !== undefined && screeningId === undefined && after === undefined;
      const found = isFirstOfBuyer
        ? await buyerBookings.newest(buyerId, pageSize + 1)
        : await catalogue.listBookings(filter, after, pageSize + 1);
      const page = found.slice(0, pageSize);
      const last = found.length > pageSize ? page.at(-1) : undefined;
      return {
        bookings: page.map(storedBookingMessage),
        nextPageToken: last === undefined ? '' : schemas.pageTokenOf([last.createTimeMs, last.bookingId]),
      };
    },
    async listStatusChanges(request) {
      const { screeningId, fromRevision, pageSize, pageToken } = schemas.read(schemas.listStatusChanges, request);
      const layout = await plans.layout(screeningId);
      if (layout === undefined) throw failureError({ kind: 'not-found' });
      const from = schemas.readPageToken(changesCursor, pageToken)?.[0] ?? fromRevision;
      const rows = await journal.read(screeningId, Math.max(0, from - 1), pageSize + 1);
      const oldest = rows[0]?.revision;
      if (from > 0 && oldest !== undefined && oldest > from) {
        throw new ApiError('OUT_OF_RANGE', 'REVISION_COMPACTED', 'the history does not reach back that far', {
          oldest_revision: String(oldest),
        });
      }
      const next = rows[pageSize];
      return {
        changes: rows.slice(0, pageSize).flatMap((row) => statusChanges(layout, row)),
        nextPageToken: next === undefined ? '' : schemas.pageTokenOf([next.revision]),
      };
    },
  };
}
