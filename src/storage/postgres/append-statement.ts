import type { ScreeningProjection } from '../../../actors/screening/projection.js';
import type { TurnRecord } from '../../runtime/ports.js';
import { arrayLiteral } from './array-literal.js';

/**
 * The statement that makes a batch of turns durable, and whose guards carry the
 * first invariants of the system. It is one statement, not a transaction of
 * several, so a client that freezes cannot keep its locks.
 *
 * 1. `owned` updates the owner row: that takes FOR NO KEY UPDATE, which a takeover
 *    (an update of the same row) has to wait for, and names epoch and revision - 1
 *    in its condition. After a takeover the condition is false; before it, the
 *    takeover waits until the row is committed, so the new owner reads it. A plain
 *    look at the epoch (EXISTS, unlocked CTE) or FOR KEY SHARE would not make it wait.
 * 2. `appended` inserts under the key (screening_id, revision).
 * 3. `sold` inserts under the key (screening_id, seat_id).
 *
 * The revision is kept in the owner row although the journal has it too: the
 * statement then never reads the journal, so that at SERIALIZABLE the predicate
 * locks of lanes that append to neighbouring pages do not collide. The update
 * touches no indexed column and stays HOT.
 *
 * `= ANY (ARRAY[x])` means `= x`, and leaves the planner no way but to look up one key
 * after the other. For `= x` it would walk the whole index as long as the table is small,
 * whereupon lanes that read each other's rows at SERIALIZABLE undo each other for
 * ever (measured with 4 and 40 screenings after ANALYZE; a test watches over it).
 *
 * Whatever depends on a turn is written only for screenings in `owned`; the
 * answer lists those. `require_projection_rows` aborts the statement when a row to be
 * given back or passed on is not as the turn says: conditions alone would skip it silently.
 */
const APPEND = `
  WITH input AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[], $5::integer[], $6::integer[])
      AS i (screening_id, epoch, revision, wake_at_ms, events_from, events_length)
  ), owned AS (
    UPDATE screening_owner o
    SET revision = i.revision, wake_at = to_timestamp(i.wake_at_ms / 1000)
    FROM input i
    WHERE o.screening_id = ANY (ARRAY[i.screening_id]) AND o.epoch = i.epoch AND o.revision = i.revision - 1
    RETURNING o.screening_id, i.epoch, i.revision, i.events_from, i.events_length
  ), appended AS (
    INSERT INTO screening_journal (screening_id, revision, epoch, events)
    SELECT screening_id, revision, epoch, substring($7::bytea FROM events_from FOR events_length) FROM owned
    RETURNING screening_id
  )`;

const PROJECT = `, booking_row AS (
    SELECT * FROM unnest($8::text[], $9::text[], $10::text[], $11::text[], $12::boolean[], $13::float8[], $14::float8[])
      AS b (screening_id, booking_id, buyer_id, seat_ids, cancelled, create_time_ms, update_time_ms)
    WHERE b.screening_id = ANY (ARRAY(SELECT screening_id FROM owned))
  ), booked AS (
    INSERT INTO booking AS b (booking_id, screening_id, buyer_id, seat_ids, state, create_time, update_time)
    SELECT booking_id, screening_id, buyer_id, seat_ids::text[],
      CASE WHEN cancelled THEN 'CANCELLED' ELSE 'ACTIVE' END,
      to_timestamp(create_time_ms / 1000), to_timestamp(update_time_ms / 1000)
    FROM booking_row
    ON CONFLICT (booking_id) DO UPDATE
    SET buyer_id = excluded.buyer_id, seat_ids = excluded.seat_ids,
      state = excluded.state, update_time = excluded.update_time
    WHERE b.screening_id = excluded.screening_id
    RETURNING 1
  ), seat AS (
    SELECT * FROM unnest($15::text[], $16::text[], $17::text[], $18::text[])
      AS s (screening_id, seat_id, from_id, to_id)
    WHERE s.screening_id = ANY (ARRAY(SELECT screening_id FROM owned))
  ), sold AS (
    INSERT INTO booked_seat (screening_id, seat_id, booking_id)
    SELECT screening_id, seat_id, to_id FROM seat WHERE from_id IS NULL
    RETURNING 1
  ), given_back AS (
    DELETE FROM booked_seat b USING seat s
    WHERE s.to_id IS NULL AND b.booking_id = s.from_id
      AND b.screening_id = ANY (ARRAY[s.screening_id]) AND b.seat_id = ANY (ARRAY[s.seat_id])
    RETURNING 1
  ), passed_on AS (
    UPDATE booked_seat b SET booking_id = s.to_id FROM seat s
    WHERE s.from_id IS NOT NULL AND s.to_id IS NOT NULL AND b.booking_id = s.from_id
      AND b.screening_id = ANY (ARRAY[s.screening_id]) AND b.seat_id = ANY (ARRAY[s.seat_id])
    RETURNING 1
  ), terms_row AS (
    SELECT * FROM unnest($19::text[], $20::text[], $21::float8[], $22::float8[], $23::float8[],
        $24::integer[], $25::integer[], $26::bigint[], $27::bigint[], $28::boolean[])
      AS t (screening_id, title, starts_at_ms, sales_open_at_ms, sales_close_at_ms,
        max_seats_per_request, max_seats_per_buyer, hold_ttl_ms, hold_lifetime_max_ms, cancelled)
    WHERE t.screening_id = ANY (ARRAY(SELECT screening_id FROM owned))
  ), rescheduled AS (
    UPDATE screening c
    SET title = t.title, starts_at = to_timestamp(t.starts_at_ms / 1000),
      sales_open_at = to_timestamp(t.sales_open_at_ms / 1000),
      sales_close_at = to_timestamp(t.sales_close_at_ms / 1000),
      max_seats_per_request = t.max_seats_per_request, max_seats_per_buyer = t.max_seats_per_buyer,
      hold_ttl_ms = t.hold_ttl_ms, hold_lifetime_max_ms = t.hold_lifetime_max_ms, cancelled = t.cancelled
    FROM terms_row t
    WHERE c.screening_id = ANY (ARRAY[t.screening_id])
    RETURNING 1
  )
  SELECT screening_id FROM appended
  WHERE require_projection_rows(
    (SELECT count(*) FROM booking_row) + (SELECT count(*) FROM seat) + (SELECT count(*) FROM terms_row),
    (SELECT count(*) FROM booked) + (SELECT count(*) FROM sold) + (SELECT count(*) FROM given_back)
      + (SELECT count(*) FROM passed_on) + (SELECT count(*) FROM rescheduled))`;

/** Turns that changed no booking: the holds, which are most of the traffic. */
export const APPEND_ONLY = { name: 'append', text: `${APPEND} SELECT screening_id FROM appended` };

export const APPEND_AND_PROJECT = { name: 'append-project', text: APPEND + PROJECT };

type Turns = readonly TurnRecord<ScreeningProjection>[];

/**
 * Parameters $1 to $7. All payloads travel as one binary value that the statement cuts
 * up: an array of bytea would be sent as hexadecimal text, twice the size, and
 * escaped byte by byte on both sides.
 */
export function journalParameters(turns: Turns): unknown[] {
  let next = 1; // SQL counts bytes from one
  const starts = turns.map(({ events }) => {
    const start = next;
    next += events.length;
    return start;
  });
  return [
    arrayLiteral(turns.map(({ entityId }) => entityId)),
    arrayLiteral(turns.map(({ epoch }) => epoch)),
    arrayLiteral(turns.map(({ revision }) => revision)),
    arrayLiteral(turns.map(({ wakeAtMs }) => wakeAtMs)),
    arrayLiteral(starts),
    arrayLiteral(turns.map(({ events }) => events.length)),
    payload(turns),
  ];
}

function payload(turns: Turns): Buffer {
  const [first] = turns;
  if (turns.length !== 1 || first === undefined) return Buffer.concat(turns.map(({ events }) => events));
  const { buffer, byteOffset, byteLength } = first.events;
  return Buffer.from(buffer, byteOffset, byteLength); // a view, no copy
}

/** Parameters $8 to $28. */
export function projectionParameters(turns: Turns): unknown[] {
  const of = <Row>(rows: (projection: ScreeningProjection) => readonly Row[]): { id: string; row: Row }[] =>
    turns.flatMap(({ entityId, projection }) =>
      projection === undefined ? [] : rows(projection).map((row) => ({ id: entityId, row })),
    );
  const bookings = of(({ bookings: rows }) => rows);
  const seats = of(({ seats: rows }) => rows);
  const terms = of(({ terms: row }) => (row === undefined ? [] : [row]));
  return [
    arrayLiteral(bookings.map(({ id }) => id)),
    arrayLiteral(bookings.map(({ row }) => row.bookingId)),
    arrayLiteral(bookings.map(({ row }) => row.buyerId)),
    arrayLiteral(bookings.map(({ row }) => arrayLiteral(row.seatIds))),
    arrayLiteral(bookings.map(({ row }) => row.cancelled)),
    arrayLiteral(bookings.map(({ row }) => row.createTimeMs)),
    arrayLiteral(bookings.map(({ row }) => row.updateTimeMs)),
    arrayLiteral(seats.map(({ id }) => id)),
    arrayLiteral(seats.map(({ row }) => row.seatId)),
    arrayLiteral(seats.map(({ row }) => row.from)),
    arrayLiteral(seats.map(({ row }) => row.to)),
    arrayLiteral(terms.map(({ id }) => id)),
    arrayLiteral(terms.map(({ row }) => row.terms.title)),
    arrayLiteral(terms.map(({ row }) => row.terms.startsAtMs)),
    arrayLiteral(terms.map(({ row }) => row.terms.salesOpenAtMs)),
    arrayLiteral(terms.map(({ row }) => row.terms.salesCloseAtMs)),
    arrayLiteral(terms.map(({ row }) => row.terms.maxSeatsPerRequest)),
    arrayLiteral(terms.map(({ row }) => row.terms.maxSeatsPerBuyer)),
    arrayLiteral(terms.map(({ row }) => row.terms.holdTtlMs)),
    arrayLiteral(terms.map(({ row }) => row.terms.holdLifetimeMaxMs)),
    arrayLiteral(terms.map(({ row }) => row.cancelled)),
  ];
}
