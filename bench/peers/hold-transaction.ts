import type pg from 'pg';
import type { Randomness } from '../../src/runtime/index.js';
import { HOLD_TTL_MS, type HoldOutcome, type WantedSeats } from './peer.js';
import type { SeatStatements } from './postgres-seats.js';

/**
 * A hold as one transaction. On a connection in pipeline mode BEGIN travels with the first
 * statement and COMMIT with the last, so that it takes two round trips; else it takes four.
 * Rejects after rolling back; the connection is fit for the next one.
 */
export async function holdInTransaction(
  client: pg.PoolClient,
  begin: string,
  statements: SeatStatements,
  { screeningId, buyerId, seatIds }: WantedSeats,
  randomness: Randomness,
): Promise<HoldOutcome> {
  const [, free] = await together(
    client.query(begin),
    client.query({ name: 'free-seats', text: statements.freeSeats, values: [screeningId, seatIds] }),
  ).catch(async (error: unknown) => {
    await client.query('ROLLBACK');
    throw error;
  });
  if (free.rows.length < seatIds.length) {
    await client.query('ROLLBACK');
    return { kind: 'taken' };
  }
  const holdToken = randomness.token();
  const createTimeMs = Date.now();
  const expireTimeMs = createTimeMs + HOLD_TTL_MS;
  const values = [screeningId, seatIds, holdToken, buyerId, new Date(createTimeMs), new Date(expireTimeMs)];
  const [taken] = await together(
    client.query<{ revision: string }>({ name: 'take', text: statements.take, values }),
    // Ends a transaction that failed as well, by rolling it back.
    client.query('COMMIT'),
  );
  return { kind: 'held', holdToken, createTimeMs, expireTimeMs, revision: Number(taken.rows[0]?.revision) };
}

/** Waits for both, also when one fails: a connection goes back to the pool when it is idle. */
async function together<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<readonly [One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}
