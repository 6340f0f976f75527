import pg from 'pg';
import { eventually } from '../support/eventually.js';
import type { TestDatabase } from '../support/postgres.js';

/**
 * Holds a screening's owner row in a session of its own: the next commit (or claim) of
 * that screening waits until `release`. How tests make a queue wait without a clock.
 */
export interface RowLock {
  /** Resolves when a statement of the node waits for the row. */
  blocksSomeone(): Promise<void>;
  /** Idempotent. */
  release(): Promise<void>;
}

export async function lockScreening(database: TestDatabase, screeningId: string): Promise<RowLock> {
  const session = new pg.Client({ connectionString: database.url });
  session.on('error', () => undefined);
  await session.connect();
  await session.query('BEGIN');
  const { rowCount } = await session.query('SELECT 1 FROM screening_owner WHERE screening_id = $1 FOR UPDATE', [
    screeningId,
  ]);
  if (rowCount !== 1) throw new Error(`no screening ${screeningId} to lock`);
  let released: Promise<void> | undefined;
  return {
    blocksSomeone: () =>
      eventually('a statement that waits for the row', async () => {
        const waiting = await database.sql(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return waiting.length > 0;
      }),
    release: () => (released ??= session.query('COMMIT').then(() => session.end())),
  };
}

/** What waits in a screening's mailbox, as operators see it. */
async function queueStats(
  httpUrl: string,
  screeningId: string,
): Promise<{ readonly waiting: number; readonly active: number }> {
  const answer = await fetch(`${httpUrl}/api/seat-reservations/queue-stats/${screeningId}`);
  const stats = (await answer.json()) as { readonly waiting?: number; readonly active?: number };
  return { waiting: stats.waiting ?? 0, active: stats.active ?? 0 };
}

export function eventuallyWaiting(httpUrl: string, screeningId: string, waiting: number): Promise<void> {
  return eventually(
    `${String(waiting)} commands to wait`,
    async () => (await queueStats(httpUrl, screeningId)).waiting === waiting,
  );
}
