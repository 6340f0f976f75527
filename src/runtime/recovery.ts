import type { Entity } from './entity.js';
import type { Claim, JournalReader, StoredSnapshot } from './ports.js';

/**
 * The stored history cannot be what happened: a row is missing, at the end or in between. The
 * entity must not be served. (A row that is there and cannot be read is the entity's own error.)
 */
export class RecoveryRefused extends Error {
  override readonly name = 'RecoveryRefused';
}

/** Rows read at a time: bounds the memory of a recovery. */
const ROWS_PER_READ = 1_000;

export interface Recovered<E> {
  readonly entity: E;
  readonly snapshotRevision: number;
  readonly replayedTurns: number;
}

/**
 * Newest readable snapshot plus the ordered tail of the journal, as far as the claim found
 * it to go at least. Call only after the epoch was raised: from then on nobody adds to the
 * tail but who raises it again.
 * @param stored snapshots, newest first; they may be from before the epoch was raised
 * @param create makes an empty entity; called once per snapshot tried.
 * @param claimed where the journal ended at the claim
 * @throws RecoveryRefused on a gap, and on a journal that ends before; StorageUnavailable
 */
export async function recover<
  E extends Pick<Entity<never, unknown, unknown, unknown>, 'restore' | 'replay' | 'recovered'>,
>(
  entityId: string,
  create: () => E,
  stored: readonly StoredSnapshot[],
  journal: JournalReader,
  claimed: Claim['revision'],
): Promise<Recovered<E>> {
  const { entity, revision } = newestReadable(create, stored);
  let last = revision;
  for (;;) {
    const rows = await journal.read(entityId, last, ROWS_PER_READ);
    for (const row of rows) {
      if (row.revision !== last + 1) {
        throw new RecoveryRefused(`journal of ${entityId} has revision ${String(row.revision)} after ${String(last)}`);
      }
      entity.replay(row.revision, row.events);
      last = row.revision;
    }
    if (rows.length < ROWS_PER_READ) break;
  }
  // More is of somebody who claimed it since: the first turn will notice.
  if (last < claimed)
    throw new RecoveryRefused(
      `journal of ${entityId} ends at revision ${String(last)}, its owner's row says ${String(claimed)}`,
    );
  entity.recovered();
  return { entity, snapshotRevision: revision, replayedTurns: last - revision };
}

/** A snapshot that cannot be read costs time, not data: the one before it, or the whole journal, has the same. */
function newestReadable<E extends { restore(snapshot: Uint8Array): void }>(
  create: () => E,
  stored: readonly StoredSnapshot[],
): { readonly entity: E; readonly revision: number } {
  for (const { revision, state } of stored) {
    const entity = create();
    try {
      entity.restore(state);
      return { entity, revision };
    } catch {
      continue;
    }
  }
  return { entity: create(), revision: 0 };
}
