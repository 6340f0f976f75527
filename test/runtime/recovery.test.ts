import { expect } from 'chai';
import type { JournalRow, StoredSnapshot } from '../../src/runtime/index.js';
import { recover, RecoveryRefused } from '../../src/runtime/recovery.js';
import { ScriptedJournal } from './scripted-journal.js';
import { bytes, Tally } from './tally.js';

const row = (revision: number, ...numbers: number[]): JournalRow => ({ revision, epoch: 1, events: bytes(numbers) });

function recoverFrom(
  rows: readonly JournalRow[],
  snapshots: readonly StoredSnapshot[] = [],
  committed = rows.at(-1)?.revision ?? 0,
  create = () => new Tally(),
) {
  const journal = new ScriptedJournal();
  journal.rows.push(...rows);
  return recover('tally', create, snapshots, journal, committed);
}

async function refusalOf(recovery: Promise<unknown>): Promise<unknown> {
  return recovery.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('recovery', () => {
  it('from nothing is an empty entity', async () => {
    const { entity, replayedTurns, snapshotRevision } = await recoverFrom([]);
    expect([entity.revision, replayedTurns, snapshotRevision, entity.recoveredTimes]).to.deep.equal([0, 0, 0, 1]);
  });

  it('replays the whole journal in order, however long', async () => {
    const { entity, replayedTurns } = await recoverFrom(Array.from({ length: 2_500 }, (_, index) => row(index + 1, 1)));
    expect([entity.sum, entity.revision, replayedTurns, entity.recoveredTimes]).to.deep.equal([2_500, 2_500, 2_500, 1]);
  });

  it('starts from the newest snapshot and replays what is newer', async () => {
    const { entity, replayedTurns, snapshotRevision } = await recoverFrom(
      [row(1, 1), row(2, 2), row(3, 4)],
      [
        { revision: 2, state: bytes([300, 2]) },
        { revision: 1, state: bytes([100, 1]) },
      ],
    );
    expect([entity.sum, entity.revision, replayedTurns, snapshotRevision]).to.deep.equal([304, 3, 1, 2]);
  });

  it('falls back to the snapshot before one it cannot read, then to the whole journal', async () => {
    const rows = [row(1, 1), row(2, 2), row(3, 4)];
    const broken: StoredSnapshot = { revision: 2, state: new TextEncoder().encode('{') };
    expect((await recoverFrom(rows, [broken, { revision: 1, state: bytes([100, 1]) }])).entity.sum).to.equal(106);
    expect((await recoverFrom(rows, [broken, broken])).entity.sum).to.equal(7);
  });

  it('refuses a gap, wherever it is', async () => {
    expect(await refusalOf(recoverFrom([row(2, 1)]))).to.be.instanceOf(RecoveryRefused);
    expect(await refusalOf(recoverFrom([row(1, 1), row(3, 1)]))).to.be.instanceOf(RecoveryRefused);
    const snapshot = { revision: 1, state: bytes([1, 1]) };
    expect(await refusalOf(recoverFrom([row(3, 1)], [snapshot])), 'after a snapshot').to.be.instanceOf(RecoveryRefused);
  });

  it('refuses a journal that ends before the last turn that was committed', async () => {
    expect(await refusalOf(recoverFrom([row(1, 1)], [], 2)), 'its end is missing').to.be.instanceOf(RecoveryRefused);
    expect(await refusalOf(recoverFrom([], [{ revision: 1, state: bytes([1, 1]) }], 2))).to.be.instanceOf(
      RecoveryRefused,
    );
    const claimedSince = await recoverFrom([row(1, 1), row(2, 1)], [], 1);
    expect(claimedSince.entity.revision, 'somebody else claimed it and went on').to.equal(2);
    expect((await recoverFrom([], [{ revision: 1, state: bytes([1, 1]) }], 1)).entity.revision).to.equal(1);
  });

  it('is refused by the entity, when it cannot read a row', async () => {
    const unreadable = { revision: 2, epoch: 1, events: new TextEncoder().encode('x') };
    expect(await refusalOf(recoverFrom([row(1, 1), unreadable, row(3, 1)]))).to.be.instanceOf(SyntaxError);
  });

  it('is refused by the entity, when its state is not sound after the last row', async () => {
    const unsound = new RangeError('an odd sum');
    class EvenTally extends Tally {
      override recovered(): void {
        super.recovered();
        if (this.sum % 2 === 1) throw unsound;
      }
    }
    const recoverEven = (...rows: JournalRow[]) => recoverFrom(rows, [], rows.length, () => new EvenTally());
    expect((await recoverEven(row(1, 1), row(2, 1))).entity.recoveredTimes).to.equal(1);
    expect(await refusalOf(recoverEven(row(1, 1), row(2, 1), row(3, 1)))).to.equal(unsound);
  });
});
