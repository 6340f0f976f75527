import type pg from 'pg';

/**
 * The seats of the peers that keep them in Postgres: a row per seat, and a row per hold
 * that is only ever inserted. Each peer has a schema of its own.
 */
export type SeatSchema = 'classic' | 'classic_defaults' | 'postgres';

/**
 * Half-empty pages let an update stay on its page and leave the index alone, which spares
 * index writes and, under SERIALIZABLE, false conflicts between neighbours.
 */
const tables = (schema: SeatSchema): string => `
  CREATE SCHEMA ${schema};
  CREATE TABLE ${schema}.seat (
    screening_id text NOT NULL,
    seat_id text NOT NULL,
    hold_token text,
    held_until timestamptz,
    PRIMARY KEY (screening_id, seat_id)
  ) WITH (fillfactor = 50);
  CREATE TABLE ${schema}.hold (
    hold_token text PRIMARY KEY,
    revision bigint GENERATED ALWAYS AS IDENTITY (START WITH 2),
    screening_id text NOT NULL,
    buyer_id text NOT NULL,
    seat_ids text[] NOT NULL,
    create_time timestamptz NOT NULL,
    expire_time timestamptz NOT NULL
  );`;

export async function createSeatTables(client: pg.ClientBase, schema: SeatSchema): Promise<void> {
  await client.query(tables(schema));
}

/** A screening with seats S-0, S-1, ... */
export async function addScreening(
  client: pg.ClientBase,
  schema: SeatSchema,
  screeningId: string,
  seats: number,
): Promise<void> {
  await client.query(
    `INSERT INTO ${schema}.seat (screening_id, seat_id) SELECT $1, 'S-' || n FROM generate_series(0, $2 - 1) AS n`,
    [screeningId, seats],
  );
  // So that no measurement pays for what loading left behind.
  await client.query(`VACUUM (ANALYZE) ${schema}.seat`);
}

/** The statements of a hold, prepared once per connection. */
export interface SeatStatements {
  /** $1 screening, $2 seats: those that are free, one row each. */
  readonly freeSeats: string;
  /** $1 screening, $2 seats, $3 token, $4 buyer, $5 and $6 begin and end: marks the seats, keeps the hold. */
  readonly take: string;
}

/** @param locking what the first statement ends with, to lock the seats it finds */
export function seatStatements(schema: SeatSchema, locking: '' | 'FOR UPDATE'): SeatStatements {
  return {
    // In one order for everybody, so that two buyers of the same seats cannot wait for each other.
    freeSeats: `
      SELECT seat_id FROM ${schema}.seat
       WHERE screening_id = $1 AND seat_id = ANY($2) AND (held_until IS NULL OR held_until < now())
       ORDER BY seat_id ${locking}`,
    take: `
      WITH taken AS (
        UPDATE ${schema}.seat SET hold_token = $3, held_until = $6 WHERE screening_id = $1 AND seat_id = ANY($2)
      )
      INSERT INTO ${schema}.hold (hold_token, screening_id, buyer_id, seat_ids, create_time, expire_time)
      VALUES ($3, $1, $4, $2, $5, $6) RETURNING revision`,
  };
}
