import pg from 'pg';
import type { Operation } from './history.js';
import { readJournals, takenText, type Journal } from './journals.js';

/** A seat map somebody was shown: seats that are not free as `takenText` writes them. */
export interface Sight {
  /** Who saw it, and where, for people. */
  readonly viewer: string;
  readonly screeningId: string;
  readonly revision: number;
  readonly epoch: number;
  readonly taken: string;
}

/**
 * Holds journals, read tables, what callers were told and what viewers were shown against
 * each other. One line for each thing that is wrong.
 */
export async function auditJournals(
  postgresUrl: string,
  history: readonly Operation[],
  sights: readonly Sight[] = [],
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const journals = await readJournals(client);
    const booked = await client.query<{ screening_id: string; seat_id: string; booking_id: string }>(
      'SELECT screening_id, seat_id, booking_id FROM booked_seat',
    );
    return [
      ...[...journals.values()].flatMap(({ problems }) => problems),
      ...[...journals.values()].flatMap((journal) =>
        againstTable(
          journal,
          booked.rows.filter(({ screening_id }) => screening_id === journal.screeningId),
        ),
      ),
      ...againstHistory(journals, history),
      ...againstSights(journals, sights),
    ];
  } finally {
    await client.end();
  }
}

function againstTable(
  { screeningId, holders }: Journal,
  rows: readonly { readonly seat_id: string; readonly booking_id: string }[],
): readonly string[] {
  const byJournal = takenText(
    [...holders].flatMap(([seat, { state, id }]) => (state === 'BOOKED' ? [[seat, id]] : [])),
  );
  const byTable = takenText(rows.map(({ seat_id, booking_id }) => [seat_id, booking_id]));
  return byJournal === byTable ? [] : [`${screeningId}: the journal sold ${byJournal}, the table has ${byTable}`];
}

/** What was acknowledged is in the journal as it was told, once; what was refused for good is not. */
export function againstHistory(
  journals: ReadonlyMap<string, Journal>,
  history: readonly Operation[],
): readonly string[] {
  return history.flatMap(({ id, screeningId, requestId, request, outcome, inDoubt }) => {
    if (requestId === '') return [];
    const deeds = journals.get(screeningId)?.deeds.get(requestId) ?? [];
    const wrong = (what: string): string[] => [
      `operation ${String(id)}, ${request.kind} in ${screeningId}: ${what}; the journal has ${JSON.stringify(deeds)}`,
    ];
    if (deeds.length > 1) return wrong('happened more than once');
    const [deed] = deeds;
    if (outcome.kind === 'refused') return deed === undefined || inDoubt ? [] : wrong('was refused and happened');
    if (outcome.kind === 'unknown') return [];
    if (deed === undefined) return wrong('was acknowledged and is lost');
    const { answer } = outcome;
    const seats = request.kind === 'extend' ? [] : (answer.goneSeatIds ?? answer.seatIds);
    const isAsTold = deed.revision === answer.revision && deed.id === answer.id && same(deed.seatIds, seats);
    return isAsTold ? [] : wrong(`was told as ${JSON.stringify(answer)}`);
  });
}

/** Nobody was shown what was not committed; and what the same viewer sees never goes back. */
export function againstSights(
  journals: ReadonlyMap<string, Pick<Journal, 'takenAt' | 'epochAt'>>,
  sights: readonly Sight[],
): readonly string[] {
  const last = new Map<string, Sight>();
  return sights.flatMap((sight) => {
    const { viewer, screeningId, revision, epoch, taken } = sight;
    const journal = journals.get(screeningId);
    const wrong: string[] = [];
    const at = `${viewer} saw ${screeningId} at r${String(revision)} of epoch ${String(epoch)}`;
    const committed = journal?.takenAt(revision);
    if (committed !== taken) wrong.push(`${at} with ${taken}; committed was ${String(committed)}`);
    if ((journal?.epochAt(revision) ?? 0) > epoch) wrong.push(`${at}, which a later epoch wrote`);
    const before = last.get(viewer);
    if (before !== undefined && (before.revision > revision || before.epoch > epoch))
      wrong.push(`${at} after r${String(before.revision)} of epoch ${String(before.epoch)}`);
    last.set(viewer, sight);
    return wrong;
  });
}

function same(ones: readonly string[], others: readonly string[]): boolean {
  return ones.toSorted().join() === others.toSorted().join();
}
