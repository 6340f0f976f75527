import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { NodeExtras } from '../../src/node/parts.js';
import type { AppendResult, JournalWriter } from '../../src/runtime/index.js';
import type { Storage } from '../../src/storage/storage.js';

/**
 * Guarantees a node can be robbed of:
 * - `fence`: it appends whatever the database's epoch and revision are by now, so that a
 *   node that lost a screening goes on with it.
 * - `gate`: callers are answered before the commit, which follows `GATE_DELAY_MS` later.
 * - `idempotency`: a repeated request is a new one.
 */
export const sabotages = ['fence', 'gate', 'idempotency'] as const;
export type Sabotage = (typeof sabotages)[number];

/** Name of the environment's variable that says what `broken-node.ts` does without. */
export const SABOTAGE = 'CINEMA_TEST_SABOTAGE';

const GATE_DELAY_MS = 3_000;

/** For `openClusterUnderTest`: nodes that do without this, or with everything. */
export function brokenProgram(without: Sabotage | undefined): {
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
} {
  if (without === undefined) return {};
  return { program: fileURLToPath(new URL('broken-node.js', import.meta.url)), env: { [SABOTAGE]: without } };
}

/** @throws RangeError for anything that is no Sabotage */
export function withoutGuarantee(sabotage: string | undefined): NodeExtras {
  switch (sabotage) {
    case 'fence':
      return { wrapStorage: (storage) => ({ ...storage, journalWriter: unfenced(storage) }) };
    case 'gate':
      return { wrapStorage: (storage) => ({ ...storage, journalWriter: ungated(storage.journalWriter) }) };
    case 'idempotency':
      return {
        wrapCommand: (command) => ('requestId' in command ? { ...command, requestId: randomUUID() } : command),
      };
    default:
      throw new RangeError(`${SABOTAGE} is ${String(sabotage)}`);
  }
}

function unfenced({ journalWriter, holders }: Storage): Storage['journalWriter'] {
  return {
    async appendBatch(lane, turns) {
      const adapted = await Promise.all(
        turns.map(async (turn) => {
          const now = await holders.holderOf(turn.entityId);
          return now === undefined ? turn : { ...turn, epoch: now.epoch, revision: now.revision + 1 };
        }),
      );
      return journalWriter.appendBatch(lane, adapted);
    },
  };
}

function ungated<Projection>(journalWriter: JournalWriter<Projection>): JournalWriter<Projection> {
  const lanes = new Map<number, Promise<unknown>>();
  return {
    appendBatch(lane, turns) {
      const before = lanes.get(lane) ?? Promise.resolve();
      const later = before
        .then(() => new Promise((resolve) => setTimeout(resolve, GATE_DELAY_MS)))
        .then(() => journalWriter.appendBatch(lane, turns))
        // Whoever answers early never hears of it.
        .catch(() => undefined);
      lanes.set(lane, later);
      return Promise.resolve(turns.map((): AppendResult => 'committed'));
    },
  };
}
