import { decodeTurn } from '../../actors/screening/codec.js';
import type { ScreeningEvent } from '../../actors/screening/events.js';
import { openPostgresClient } from '../postgres.js';

/** How many events of each kind the journals of these screenings have. */
export async function countEvents(
  postgresUrl: string,
  screeningIds: readonly string[],
): Promise<ReadonlyMap<ScreeningEvent['kind'], number>> {
  const client = await openPostgresClient(postgresUrl);
  try {
    const counts = new Map<ScreeningEvent['kind'], number>();
    const { rows } = await client.query<{ events: Buffer }>(
      'SELECT events FROM screening_journal WHERE screening_id = ANY($1)',
      [screeningIds],
    );
    for (const { events } of rows)
      for (const { kind } of decodeTurn(events).events) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return counts;
  } finally {
    await client.end();
  }
}
