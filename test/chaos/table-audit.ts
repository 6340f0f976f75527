import pg from 'pg';
import type { Operation } from './history.js';

/** What must be nothing, whatever happened, and how it is found. */
const SWEEPS: readonly (readonly [what: string, sql: string])[] = [
  [
    'a seat has two active bookings',
    `SELECT screening_id, seat_id, array_agg(booking_id) FROM booking, unnest(seat_ids) AS seat_id
     WHERE state = 'ACTIVE' GROUP BY screening_id, seat_id HAVING count(*) > 1`,
  ],
  [
    'the seats of bookings and the sold seats are not the same',
    `SELECT * FROM (SELECT screening_id, seat_id, booking_id FROM booking, unnest(seat_ids) AS seat_id
       WHERE state = 'ACTIVE') a
     FULL JOIN booked_seat b USING (screening_id, seat_id, booking_id)
     WHERE a.seat_id IS NULL OR b.seat_id IS NULL OR a.screening_id IS NULL`,
  ],
  [
    'a journal has a gap, or goes on where its owner row does not',
    `SELECT o.screening_id, o.revision, count(j.*), max(j.revision), max(j.epoch), o.epoch
     FROM screening_owner o LEFT JOIN screening_journal j USING (screening_id)
     GROUP BY o.screening_id HAVING count(j.*) <> o.revision OR max(j.revision) <> o.revision OR max(j.epoch) > o.epoch`,
  ],
  [
    'an older epoch wrote after a newer one',
    `SELECT * FROM (SELECT screening_id, revision, epoch,
       lag(epoch) OVER (PARTITION BY screening_id ORDER BY revision) AS before FROM screening_journal) j
     WHERE epoch < before`,
  ],
];

/** Looks through the tables, and for every acknowledged booking in them. One line for each that is wrong. */
export async function auditTables(postgresUrl: string, history: readonly Operation[]): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const wrong: string[] = [];
    for (const [what, sql] of SWEEPS) {
      const { rows } = await client.query(sql);
      for (const row of rows) wrong.push(`${what}: ${JSON.stringify(row)}`);
    }
    const { rows } = await client.query<{ id: string }>('SELECT booking_id AS id FROM booking');
    const kept = new Set(rows.map(({ id }) => id));
    for (const { id, request, outcome } of history) {
      const books = request.kind === 'confirm' || request.kind === 'book';
      if (books && outcome.kind === 'ok' && !kept.has(outcome.answer.id))
        wrong.push(`an acknowledged booking is lost: ${outcome.answer.id}, of operation ${String(id)}`);
    }
    return wrong;
  } finally {
    await client.end();
  }
}
