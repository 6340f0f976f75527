import pg from 'pg';
import type { Randomness } from '../../../src/runtime/index.js';
import { holdInTransaction } from '../hold-transaction.js';
import type { HoldOutcome, WantedSeats } from '../peer.js';
import { seatStatements, type SeatSchema } from '../postgres-seats.js';

const CONNECTIONS = 16;
/** Nearly half of those that failed fail again: with 8 attempts one hold in a million did to the end. */
const ATTEMPTS_MAX = 20;
/** After the first attempt; after the second twice as long, and so on. */
const RETRY_PAUSE_MAX_MS = 10;
const SERIALIZATION_FAILURE = '40001';

/** Reservations as SERIALIZABLE transactions. */
export interface Reservations {
  /** Repeats a transaction that Postgres could not put in order with others. Rejects when that does not help. */
  reserve(wanted: WantedSeats): Promise<HoldOutcome>;
  close(): Promise<void>;
}

export function openReservations(
  postgresUrl: string,
  randomness: Randomness,
  { schema, isPipelined }: { readonly schema: SeatSchema; readonly isPipelined: boolean },
): Reservations {
  const pool = new pg.Pool({
    connectionString: postgresUrl,
    max: CONNECTIONS,
    idleTimeoutMillis: 0,
    pipeline: isPipelined,
  });
  const statements = seatStatements(schema, '');
  const attempt = async (wanted: WantedSeats): Promise<HoldOutcome> => {
    const client = await pool.connect();
    try {
      return await holdInTransaction(client, 'BEGIN ISOLATION LEVEL SERIALIZABLE', statements, wanted, randomness);
    } finally {
      client.release();
    }
  };
  return {
    async reserve(wanted) {
      for (let attempts = 1; ; attempts += 1) {
        try {
          return await attempt(wanted);
        } catch (error) {
          if (!isConflict(error) || attempts === ATTEMPTS_MAX) throw error;
          // Those that met must not meet again.
          await new Promise((resolve) => setTimeout(resolve, randomness.fraction() * attempts * RETRY_PAUSE_MAX_MS));
        }
      }
    },
    close: () => pool.end(),
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === SERIALIZATION_FAILURE;
}
