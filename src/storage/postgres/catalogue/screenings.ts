import type { Catalogue, ScreeningRow } from '../../../transport/api/catalogue.js';
import type { SqlPool } from '../pool.js';
import { classifyCreation } from './creation.js';
import { requirePageSize } from '../../page-size.js';
import { earliestUpcomingMs } from '../../upcoming.js';

type ScreeningQueries = Pick<Catalogue, 'createScreening' | 'screeningMadeBy' | 'getScreening' | 'listScreenings'>;

interface ScreeningColumns {
  readonly screening_id: string;
  readonly auditorium_id: string;
  readonly capacity: number;
  readonly title: string;
  readonly starts_at_ms: number;
  readonly sales_open_at_ms: number;
  readonly sales_close_at_ms: number;
  readonly max_seats_per_request: number;
  readonly max_seats_per_buyer: number;
  readonly hold_ttl_ms: number;
  readonly hold_lifetime_max_ms: number;
  readonly cancelled: boolean;
  readonly create_time_ms: number;
}

const milliseconds = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}_ms`;

const COLUMNS = `screening_id, auditorium_id, capacity, title,
  ${['starts_at', 'sales_open_at', 'sales_close_at', 'create_time'].map(milliseconds).join(', ')},
  max_seats_per_request, max_seats_per_buyer,
  hold_ttl_ms::float8 AS hold_ttl_ms, hold_lifetime_max_ms::float8 AS hold_lifetime_max_ms, cancelled`;

/** Screening, owner row and first journal row stand or fall together. */
const CREATE = `
  WITH made AS (
    INSERT INTO screening (screening_id, auditorium_id, capacity, title, starts_at, sales_open_at, sales_close_at,
      max_seats_per_request, max_seats_per_buyer, hold_ttl_ms, hold_lifetime_max_ms, cancelled,
      request_id, fingerprint, create_time)
    VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000),
      to_timestamp($7::float8 / 1000), $8, $9, $10, $11, false, $12, $13, to_timestamp($14::float8 / 1000))
    ON CONFLICT DO NOTHING RETURNING *
  ), owner AS (
    INSERT INTO screening_owner (screening_id, epoch, revision) SELECT screening_id, 0, 1 FROM made
  ), journal AS (
    INSERT INTO screening_journal (screening_id, revision, epoch, events) SELECT screening_id, 1, 0, $15 FROM made
  )
  SELECT ${COLUMNS} FROM made`;

export function screeningQueries(commands: SqlPool, reads: SqlPool): ScreeningQueries {
  const getScreening: ScreeningQueries['getScreening'] = async (screeningId) => {
    const [row] = await reads.query<ScreeningColumns>(
      'screening-get',
      `SELECT ${COLUMNS} FROM screening WHERE screening_id = $1`,
      [screeningId],
    );
    return row === undefined ? undefined : screeningRow(row);
  };
  const screeningMadeBy: ScreeningQueries['screeningMadeBy'] = async (requestId) => {
    const [made] = await reads.query<{ screeningId: string; fingerprint: string }>(
      'screening-made-by',
      'SELECT screening_id AS "screeningId", fingerprint FROM screening WHERE request_id = $1',
      [requestId],
    );
    return made;
  };
  return {
    getScreening,
    screeningMadeBy,
    async createScreening(screening) {
      const { screeningId, auditoriumId, capacity, terms, createTimeMs, requestId, fingerprint } = screening;
      const { buffer, byteOffset, byteLength } = screening.firstTurn;
      const [created] = await commands.query<ScreeningColumns>('screening-create', CREATE, [
        ...[screeningId, auditoriumId, capacity, terms.title],
        ...[terms.startsAtMs, terms.salesOpenAtMs, terms.salesCloseAtMs],
        ...[terms.maxSeatsPerRequest, terms.maxSeatsPerBuyer, terms.holdTtlMs, terms.holdLifetimeMaxMs],
        ...[requestId, fingerprint, createTimeMs],
        Buffer.from(buffer, byteOffset, byteLength),
      ]);
      if (created !== undefined) return { kind: 'created', row: screeningRow(created) };
      const earlier = await screeningMadeBy(requestId);
      const made = earlier === undefined ? [] : [{ id: earlier.screeningId, fingerprint: earlier.fingerprint }];
      return classifyCreation(made, fingerprint, getScreening);
    },
    async listScreenings({ upcomingAtMs }, after, limit) {
      requirePageSize(limit);
      const rows = await (upcomingAtMs === undefined
        ? listAll(reads, after, limit)
        : listUpcoming(reads, upcomingAtMs, after, limit));
      return rows.map(screeningRow);
    },
  };
}

type Cursor = Parameters<ScreeningQueries['listScreenings']>[1];

function listAll(reads: SqlPool, after: Cursor, limit: number): Promise<readonly ScreeningColumns[]> {
  return after === undefined
    ? reads.query<ScreeningColumns>(
        'screening-list',
        `SELECT ${COLUMNS} FROM screening ORDER BY screening.starts_at, screening_id LIMIT $1`,
        [limit],
      )
    : reads.query<ScreeningColumns>(
        'screening-list-after',
        `SELECT ${COLUMNS} FROM screening
         WHERE (screening.starts_at, screening_id) > (to_timestamp($2::float8 / 1000), $3)
         ORDER BY screening.starts_at, screening_id LIMIT $1`,
        [limit, after.startsAtMs, after.screeningId],
      );
}

/** Begins in the index where the first of them may be: what is over is not read, however much there is of it. */
function listUpcoming(
  reads: SqlPool,
  atMs: number,
  after: Cursor,
  limit: number,
): Promise<readonly ScreeningColumns[]> {
  const earliestMs = earliestUpcomingMs(atMs);
  // No screening has an empty id, so all that begin at that moment come after this cursor.
  const from =
    after !== undefined && after.startsAtMs >= earliestMs ? after : { startsAtMs: earliestMs, screeningId: '' };
  return reads.query<ScreeningColumns>(
    'screening-list-upcoming',
    `SELECT ${COLUMNS} FROM screening
     WHERE (screening.starts_at, screening_id) > (to_timestamp($2::float8 / 1000), $3)
       AND (screening.starts_at > to_timestamp($4::float8 / 1000) OR sales_close_at > to_timestamp($4::float8 / 1000))
     ORDER BY screening.starts_at, screening_id LIMIT $1`,
    [limit, from.startsAtMs, from.screeningId, atMs],
  );
}

function screeningRow(row: ScreeningColumns): ScreeningRow {
  return {
    screeningId: row.screening_id,
    auditoriumId: row.auditorium_id,
    capacity: row.capacity,
    terms: {
      title: row.title,
      startsAtMs: row.starts_at_ms,
      salesOpenAtMs: row.sales_open_at_ms,
      salesCloseAtMs: row.sales_close_at_ms,
      maxSeatsPerRequest: row.max_seats_per_request,
      maxSeatsPerBuyer: row.max_seats_per_buyer,
      holdTtlMs: row.hold_ttl_ms,
      holdLifetimeMaxMs: row.hold_lifetime_max_ms,
    },
    cancelled: row.cancelled,
    createTimeMs: row.create_time_ms,
  };
}
