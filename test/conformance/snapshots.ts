import { expect } from 'chai';
import { bytes, claimedScreening, newId, text, type OpenFixture, type StorageFixture } from './fixture.js';

/** What every snapshot store does: newest two, whole or not at all, from the owner only. */
export function snapshotsContract(open: OpenFixture): void {
  let fixture: StorageFixture;
  before(async () => {
    fixture = await open();
  });
  after(() => fixture.close());

  const saved = async (id: string): Promise<readonly string[]> =>
    (await fixture.storage.snapshots.load(id)).map(({ revision, state }) => `${String(revision)} ${text(state)}`);

  it('has none at first', async () => {
    expect(await saved(newId('nothing'))).to.deep.equal([]);
  });

  it('keeps the newest two, newest first', async () => {
    const { id, epoch } = await claimedScreening(fixture.storage);
    const neighbour = await claimedScreening(fixture.storage);
    await fixture.storage.snapshots.save(neighbour.id, neighbour.epoch, { revision: 1, state: bytes('other') });
    for (const revision of [2, 9, 10]) {
      expect(
        await fixture.storage.snapshots.save(id, epoch, { revision, state: bytes(`s${String(revision)}`) }),
      ).to.equal(true);
    }
    expect(await saved(id)).to.deep.equal(['10 s10', '9 s9']);
    expect(await saved(neighbour.id)).to.deep.equal(['1 other']);
  });

  it('replaces one of the same revision', async () => {
    const { id, epoch } = await claimedScreening(fixture.storage);
    await fixture.storage.snapshots.save(id, epoch, { revision: 5, state: bytes('first') });
    await fixture.storage.snapshots.save(id, epoch, { revision: 5, state: bytes('again') });
    expect(await saved(id)).to.deep.equal(['5 again']);
  });

  it('leaves out one that was damaged', async () => {
    const { id, epoch } = await claimedScreening(fixture.storage);
    await fixture.storage.snapshots.save(id, epoch, { revision: 5, state: bytes('older') });
    await fixture.storage.snapshots.save(id, epoch, { revision: 6, state: bytes('newer') });
    await fixture.damageNewestSnapshot(id);
    expect(await saved(id)).to.deep.equal(['5 older']);
  });

  it('takes none from an owner that was replaced', async () => {
    const { id, epoch } = await claimedScreening(fixture.storage);
    await fixture.storage.ownership.claim(id);
    expect(await fixture.storage.snapshots.save(id, epoch, { revision: 5, state: bytes('stale') })).to.equal(false);
    expect(await saved(id)).to.deep.equal([]);
  });

  it('keeps large states unchanged', async () => {
    const { id, epoch } = await claimedScreening(fixture.storage);
    const state = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 256);
    await fixture.storage.snapshots.save(id, epoch, { revision: 5, state });
    const [loaded] = await fixture.storage.snapshots.load(id);
    expect(loaded && Buffer.from(loaded.state).equals(state)).to.equal(true);
  });
}
