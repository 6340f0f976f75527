import { expect } from 'chai';
import {
  claimedScreening,
  newAuditorium,
  newId,
  newScreening,
  turn,
  type OpenFixture,
  type StorageFixture,
} from './fixture.js';

/** What the database says about who has which entity: the last claim, whoever made it. */
export function holdersContract(open: OpenFixture): void {
  const second = { nodeId: 'second', bootId: 'boot-2' };
  let fixture: StorageFixture;
  beforeEach(async () => {
    fixture = await open();
  });
  afterEach(() => fixture.close());

  const unclaimed = async (): Promise<string> => {
    const auditorium = newAuditorium();
    await fixture.storage.catalogue.createAuditorium(auditorium);
    const screening = newScreening(auditorium.auditoriumId);
    await fixture.storage.catalogue.createScreening(screening);
    return screening.screeningId;
  };

  it('knows nothing of an entity that does not exist', async () => {
    expect(await fixture.storage.holders.holderOf(newId('nothing'))).to.equal(undefined);
    expect(await fixture.storage.holders.holders()).to.deep.equal([]);
    expect(await fixture.storage.holders.listHeld(undefined, 10)).to.deep.equal([]);
  });

  it('names nobody before the first claim', async () => {
    const id = await unclaimed();
    const { holders } = fixture.storage;
    expect(await holders.holderOf(id)).to.deep.equal({ holder: undefined, epoch: 0, revision: 1 });
    expect(await holders.holders()).to.deep.equal([{ holder: undefined, entities: 1 }]);
    expect(await holders.listHeld(undefined, 10)).to.deep.equal([]);
  });

  it('names whoever claimed last, and keeps the name when a turn is committed', async () => {
    const { id } = await claimedScreening(fixture.storage);
    expect((await fixture.storage.holders.holderOf(id))?.holder).to.deep.equal(fixture.node);
    const other = await fixture.storageOf(second);
    const { epoch = 0 } = (await other.ownership.claim(id)) ?? {};
    await other.journalWriter.appendBatch(0, [turn({ id, epoch }, 2)]);
    const held = { holder: second, epoch, revision: 2 };
    expect(await fixture.storage.holders.holderOf(id)).to.deep.equal(held);
    expect(await other.holders.holderOf(id), 'every node is told the same').to.deep.equal(held);
  });

  it('counts by node and boot, those nobody has first', async () => {
    await unclaimed();
    const { id } = await claimedScreening(fixture.storage);
    const [moved] = [await claimedScreening(fixture.storage), await claimedScreening(fixture.storage)];
    await (await fixture.storageOf(second)).ownership.claim(moved.id);
    const restarted = { ...fixture.node, bootId: 'boot-3' };
    await (await fixture.storageOf(restarted)).ownership.claim(id);
    expect(await fixture.storage.holders.holders()).to.deep.equal([
      { holder: undefined, entities: 1 },
      { holder: fixture.node, entities: 1 },
      { holder: restarted, entities: 1 },
      { holder: second, entities: 1 },
    ]);
  });

  it('takes the name of one boot off what it claimed, and nothing else', async () => {
    const { id, epoch } = await claimedScreening(fixture.storage);
    const other = await fixture.storageOf(second);
    const taken = await claimedScreening(other);
    const restarted = { ...fixture.node, bootId: 'boot-3' };
    const reclaimed = await claimedScreening(await fixture.storageOf(restarted));
    await fixture.storage.holders.letGoOfAll(fixture.node);
    const { holders, journalWriter } = fixture.storage;
    expect(await holders.holderOf(id)).to.deep.equal({ holder: undefined, epoch, revision: 1 });
    expect((await holders.holderOf(taken.id))?.holder).to.deep.equal(second);
    expect((await holders.holderOf(reclaimed.id))?.holder).to.deep.equal(restarted);
    expect(await journalWriter.appendBatch(0, [turn({ id, epoch }, 2)]), 'its epoch stays').to.deep.equal([
      'committed',
    ]);
    await fixture.storage.ownership.claim(id);
    expect((await holders.holderOf(id))?.holder).to.deep.equal(fixture.node);
  });

  it('lists what is held by id, page after page', async () => {
    await unclaimed();
    const claimed = [];
    for (let count = 0; count < 3; count += 1) claimed.push((await claimedScreening(fixture.storage)).id);
    const ids = claimed.sort();
    const { listHeld } = fixture.storage.holders;
    const first = await listHeld(undefined, 2);
    expect(first).to.deep.equal(ids.slice(0, 2).map((entityId) => ({ entityId, holder: fixture.node })));
    expect(await listHeld(first[1]?.entityId, 2)).to.deep.equal([{ entityId: ids[2], holder: fixture.node }]);
    expect(await listHeld(ids[2], 2)).to.deep.equal([]);
    for (const limit of [0, 10_001, 1.5]) {
      const refused = await listHeld(undefined, limit).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(RangeError);
    }
  });
}
