import { expect } from 'chai';
import { claimedScreening, newId, turn, type OpenFixture, type StorageFixture } from './fixture.js';

/** What every ownership does: each claim gives an epoch of its own, the newest one counts. */
export function ownershipContract(open: OpenFixture): void {
  let fixture: StorageFixture;
  before(async () => {
    fixture = await open();
  });
  after(() => fixture.close());

  it('knows nothing of an entity that does not exist', async () => {
    expect(await fixture.storage.ownership.claim(newId('nothing'))).to.equal(undefined);
  });

  it('gives each of many at once an epoch of its own, the greatest of which may append', async () => {
    const { id, epoch } = await claimedScreening(fixture.storage);
    const epochs = await Promise.all(Array.from({ length: 8 }, () => fixture.storage.ownership.claim(id)));
    const sorted = epochs.map((claimed) => claimed?.epoch ?? 0).sort((a, b) => a - b);
    expect(sorted).to.deep.equal(Array.from({ length: 8 }, (_, index) => epoch + 1 + index));
    for (const claimed of sorted) {
      const expected = claimed === epoch + 8 ? 'committed' : 'fenced';
      expect(await fixture.storage.journalWriter.appendBatch(0, [turn({ id, epoch: claimed }, 2)])).to.deep.equal([
        expected,
      ]);
    }
  });

  it('says with a claim where the journal ends', async () => {
    const owned = await claimedScreening(fixture.storage);
    const next = await fixture.storage.journalWriter.appendBatch(0, [turn(owned, 2)]);
    expect(next).to.deep.equal(['committed']);
    expect(await fixture.storage.ownership.claim(owned.id)).to.deep.equal({ epoch: owned.epoch + 1, revision: 2 });
  });

  it('says whether an epoch still counts, in the order it was asked', async () => {
    const [mine, lost] = [await claimedScreening(fixture.storage), await claimedScreening(fixture.storage)];
    await fixture.storage.ownership.claim(lost.id);
    const asked = [
      { entityId: lost.id, epoch: lost.epoch },
      { entityId: mine.id, epoch: mine.epoch },
      { entityId: newId('nothing'), epoch: 1 },
      { entityId: lost.id, epoch: lost.epoch + 1 },
    ];
    expect(await fixture.storage.ownership.stillHeld(asked)).to.deep.equal([false, true, false, true]);
    expect(await fixture.storage.ownership.stillHeld([])).to.deep.equal([]);
  });

  it('says who is due, soonest first, by the last committed turn', async () => {
    const base = 1_780_000_000_000;
    const [late, soon, never, moved] = [
      await claimedScreening(fixture.storage),
      await claimedScreening(fixture.storage),
      await claimedScreening(fixture.storage),
      await claimedScreening(fixture.storage),
    ];
    await fixture.storage.journalWriter.appendBatch(0, [
      turn(late, 2, { wakeAtMs: base + 20 }),
      turn(soon, 2, { wakeAtMs: base + 10 }),
      turn(never, 2, { wakeAtMs: null }),
      turn(moved, 2, { wakeAtMs: base + 5 }),
    ]);
    await fixture.storage.journalWriter.appendBatch(0, [turn(moved, 3, { wakeAtMs: base + 21 })]);
    const due = (untilMs: number, limit = 10) => fixture.storage.ownership.dueBefore(untilMs, limit);
    expect(await due(base + 20)).to.deep.equal([
      { entityId: soon.id, wakeAtMs: base + 10 },
      { entityId: late.id, wakeAtMs: base + 20 },
    ]);
    expect(await due(base + 20, 1)).to.have.length(1);
    expect(await due(base + 9)).to.deep.equal([]);
    await fixture.storage.ownership.claim(soon.id);
    expect(await due(base + 10), 'a takeover keeps the alarm').to.have.length(1);
  });
}
