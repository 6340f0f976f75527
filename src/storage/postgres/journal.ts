import type { ScreeningProjection } from '../../../actors/screening/projection.js';
import { StorageUnavailable, type AppendResult, type JournalWriter, type TurnRecord } from '../../runtime/ports.js';
import { APPEND_AND_PROJECT, APPEND_ONLY, journalParameters, projectionParameters } from './append-statement.js';
import { isRefusal, isRetryable, leavesConnectionGood, toStorageError } from './errors.js';
import { openLane, type Lane } from './lane.js';
import { retrying } from './retry.js';
import type { ConnectionSettings } from './settings.js';

type Turn = TurnRecord<ScreeningProjection>;

export interface JournalLimits {
  /** Connections for appends. */
  readonly lanes: number;
  /** Turns in one call; more is a programming error. */
  readonly batchTurnsMax: number;
  /** Events of all turns in one call; more is a programming error. Below 1 GiB, Postgres' limit for a value. */
  readonly batchBytesMax: number;
  /** How often a batch that Postgres undid for the sake of others is repeated. */
  readonly attempts: number;
}

export interface PostgresJournalWriter extends JournalWriter<ScreeningProjection> {
  readonly lanes: number;
  /** Opens the connections, so that a wrong URL is found at start. @throws StorageUnavailable */
  connect(): Promise<void>;
  /** Closes the connections; outcomes of appends under way are then unknown. Idempotent. */
  close(): Promise<void>;
}

/**
 * Appends through dedicated connections. A connection that is lost is opened again by
 * a later call, after a back-off during which calls fail at once.
 */
export function openJournalWriter(settings: ConnectionSettings, limits: JournalLimits): PostgresJournalWriter {
  const lanes = Array.from({ length: limits.lanes }, () => openLane(settings));
  const repeat = retrying(limits.attempts);

  const laneOf = (index: number): Lane => {
    const lane = lanes[index];
    if (lane === undefined) throw new RangeError(`lane ${String(index)} of ${String(lanes.length)}`);
    return lane;
  };

  /** Runs the statement; answers the screenings that were appended to. */
  const append = async (lane: Lane, turns: readonly Turn[]): Promise<readonly string[]> => {
    const client = await lane.connection();
    const projects = turns.some(({ projection }) => projection !== undefined);
    const { name, text } = projects ? APPEND_AND_PROJECT : APPEND_ONLY;
    const values = journalParameters(turns);
    if (projects) values.push(...projectionParameters(turns));
    try {
      const { rows } = await client.query<[string]>({ name, text, values, rowMode: 'array' });
      return rows.map(([screeningId]) => screeningId);
    } catch (error) {
      // The statement may still run there, or that server will never take one again.
      if (!leavesConnectionGood(error)) lane.discard();
      throw error;
    }
  };

  const appendTogether = async (lane: Lane, turns: readonly Turn[]): Promise<readonly AppendResult[]> => {
    const appended = await repeat(() => append(lane, turns));
    if (appended.length === turns.length) return turns.map(() => 'committed');
    const committed = new Set(appended);
    return turns.map(({ entityId }) => (committed.has(entityId) ? 'committed' : 'fenced'));
  };

  const appendAlone = async (lane: Lane, turn: Turn): Promise<AppendResult> => {
    try {
      const [result] = await appendTogether(lane, [turn]);
      return result ?? 'fenced';
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { entityId, epoch, revision } = turn;
      const reason = error instanceof Error ? error.message : String(error);
      settings.log('error', 'the database refused a turn', { entityId, epoch, revision, reason });
      return 'conflict';
    }
  };

  return {
    lanes: limits.lanes,
    async appendBatch(index, turns) {
      requireSound(turns, limits);
      const lane = laneOf(index);
      if (turns.length === 0) return [];
      try {
        const [only] = turns;
        if (turns.length === 1 && only !== undefined) return [await appendAlone(lane, only)];
        try {
          return await appendTogether(lane, turns);
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
        // One refused row undid the whole batch: the others are committed without it.
        const results: AppendResult[] = [];
        for (const turn of turns) results.push(await appendAlone(lane, turn));
        return results;
      } catch (error) {
        if (isRetryable(error)) throw new StorageUnavailable('Postgres kept undoing the append', { cause: error });
        throw toStorageError(error);
      }
    },
    async connect() {
      await Promise.all(lanes.map((lane) => lane.connection()));
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** @throws RangeError: a batch beyond its limits, or one that names an entity twice, is a bug of the caller. */
function requireSound(turns: readonly Turn[], limits: JournalLimits): void {
  if (turns.length > limits.batchTurnsMax) {
    throw new RangeError(`a batch of ${String(turns.length)} turns, at most ${String(limits.batchTurnsMax)}`);
  }
  const bytes = turns.reduce((sum, { events }) => sum + events.length, 0);
  if (bytes > limits.batchBytesMax) {
    throw new RangeError(`a batch of ${String(bytes)} bytes, at most ${String(limits.batchBytesMax)}`);
  }
  if (turns.length > 1 && new Set(turns.map(({ entityId }) => entityId)).size < turns.length) {
    throw new RangeError('a batch with two turns of one entity');
  }
}
