import { expect } from 'chai';
import {
  CachedSeatMaps,
  replicaReader,
  seatMapKey,
  type OwnerState,
  type SeatMapView,
  type StreamHub,
} from '../../src/streams/index.js';
import { manualClock } from '../runtime/manual-clock.js';
import { stage as hubStage } from './hub-stage.js';
import { SharedCache } from './shared-cache.js';
import { answer, Booked, Held, layout, states } from './stage.js';

/** An owner, the cache, and nodes that read through it. */
function stage() {
  const clock = manualClock();
  const cache = new SharedCache();
  const owner = { epoch: 1, revision: 1, states: states(), away: undefined as Error | undefined, asked: 0 };
  const unreadable: string[] = [];
  let stale = false;
  const node = (peek: StreamHub['peek'] = () => undefined, rememberedReadsMax = 10) => {
    const reader = new CachedSeatMaps(
      {
        hub: { peek },
        cache,
        clock,
        loadLayout: (id) => (id === 'unknown' ? Promise.reject(new Error('not found')) : Promise.resolve(layout)),
        askOwner: async (_id, _known, deadlineMs): Promise<OwnerState> => {
          owner.asked += 1;
          if (owner.away !== undefined) {
            await new Promise<void>((resolve) => clock.after(deadlineMs - clock.now(), resolve));
            throw owner.away;
          }
          const { epoch, revision } = owner;
          return answer(epoch, revision, owner.states.slice());
        },
        isStale: () => stale,
        late: () => new Error('too late'),
        moving: () => new Error('moving'),
        unreadable: (key) => unreadable.push(key),
      },
      { rememberedReadsMax },
    );
    return (id = 's') =>
      reader.read(id, clock.now() + 1_000, ({ epoch, revision, states: of, counts, stale: isStale }) => ({
        epoch,
        revision,
        seats: [...of],
        counts,
        stale: isStale,
      }));
  };
  /** A turn of the owner; the bus carries its invalidation unless it is lost. */
  const happen = (seat: number, { lost = false } = {}): void => {
    owner.revision += 1;
    owner.states[seat] = Held;
    if (!lost) cache.invalidate([seatMapKey('s')]);
  };
  return { clock, cache, owner, node, happen, unreadable, setStale: (value: boolean) => (stale = value) };
}

const view = (epoch: number, revision: number, stale = false): SeatMapView => ({
  screeningId: 's',
  layout,
  ...answer(epoch, revision, states({ 5: Booked })),
  states: states({ 5: Booked }),
  stale,
});

describe('a seat map that is read in a cluster', () => {
  it('comes from the owner once, and from the cache for every node from then on', async () => {
    const { owner, node, happen, setStale } = stage();
    happen(2);
    const [read, readElsewhere] = [node(), node()];
    const shown = {
      epoch: 1,
      revision: 2,
      seats: [...states({ 2: Held })],
      counts: answer(1, 2, states({ 2: Held })).counts,
    };
    expect(await read()).to.deep.equal({ ...shown, stale: false });
    expect(await readElsewhere()).to.deep.equal({ ...shown, stale: false });
    setStale(true);
    expect(await read(), 'and says so while the database is away').to.deep.equal({ ...shown, stale: true });
    expect(owner.asked).to.equal(1);
  });

  it('comes from the owner again after every change', async () => {
    const { owner, node, happen } = stage();
    const read = node();
    for (const seat of [0, 1, 2]) {
      expect((await read()).revision).to.equal(owner.revision);
      happen(seat);
    }
    expect(owner.asked).to.equal(3);
  });

  it('is not kept when a change overtook it', async () => {
    const { cache, node, happen } = stage();
    cache.beforeWrite = () => {
      cache.beforeWrite = () => undefined;
      happen(0);
    };
    const [read, readElsewhere] = [node(), node()];
    expect((await read()).revision).to.equal(1);
    expect(cache.holds(seatMapKey('s'))).to.equal(false);
    expect((await readElsewhere()).revision).to.equal(2);
  });

  it('asks the owner once for all who read at the same time', async () => {
    const { cache, owner, node } = stage();
    cache.isAway = true;
    const read = node();
    await Promise.all([read(), read(), read()]);
    expect(owner.asked).to.equal(1);
    await read();
    expect(owner.asked, 'and for who comes after, again').to.equal(2);
  });

  it('never goes back at one node, whatever the cache holds', async () => {
    const { cache, owner, node, happen } = stage();
    const [read, readElsewhere] = [node(), node()];
    await readElsewhere();
    happen(0, { lost: true });
    expect((await read()).revision, 'an invalidation that was lost shows on a node that knows no better').to.equal(1);
    cache.isAway = true;
    expect((await read()).revision).to.equal(2);
    cache.isAway = false;
    expect((await read()).revision).to.equal(2);
    owner.epoch = 2;
    cache.isAway = true;
    await read();
    owner.epoch = 1;
    const error = await read().catch((failure: unknown) => failure);
    expect(error, 'a former owner').to.have.property('message', 'moving');
  });

  it('remembers so much and no more', async () => {
    const { cache, owner, node } = stage();
    const read = node(() => undefined, 1);
    owner.revision = 5;
    cache.isAway = true;
    await read('s');
    await read('other');
    owner.revision = 4;
    expect((await read('s')).revision).to.equal(4);
  });

  it('takes no value that is none, and says so', async () => {
    const { cache, owner, node, unreadable } = stage();
    for (const value of [Buffer.from('garbage'), new Uint8Array(), Buffer.from('0801100118', 'hex')]) {
      cache.entries.set(seatMapKey('s'), { value });
      expect((await node()()).revision).to.equal(owner.revision);
    }
    expect(unreadable).to.deep.equal([seatMapKey('s'), seatMapKey('s'), seatMapKey('s')]);
  });

  it('is not there for a screening that is not', async () => {
    const { owner, node } = stage();
    expect(await node()('unknown').catch((error: unknown) => error)).to.have.property('message', 'not found');
    expect(owner.asked).to.equal(0);
  });

  it('is waited for no longer than the reader wants to', async () => {
    const { clock, owner, node } = stage();
    owner.away = new Error('away');
    const reading = node()().catch((error: unknown) => error);
    await clock.pass(1_000);
    expect(await reading).to.have.property('message', 'too late');
    await clock.pass(10_000);
    expect(clock.armed).to.equal(0);
  });
});

describe('a seat map that is read on a node with a replica', () => {
  it('is the replica while that is where its owner is', async () => {
    const { cache, owner, node } = stage();
    const read = node(() => ({ view: view(3, 9), isCurrent: true }));
    expect(await read()).to.deep.include({ epoch: 3, revision: 9, seats: [...states({ 5: Booked })], stale: false });
    expect([owner.asked, cache.entries.size]).to.deep.equal([0, 0]);
  });

  it('is the replica, too, when its owner is known not to answer: nobody waits for what fails already', async () => {
    const { owner, node } = stage();
    const read = node(() => ({ view: view(3, 9, true), isCurrent: false }));
    expect(await read()).to.deep.include({ revision: 9, stale: true });
    expect(owner.asked).to.equal(0);
  });

  it('is not the replica when that has not heard of its owner for a while', async () => {
    const { owner, node } = stage();
    owner.revision = 12;
    const read = node(() => ({ view: view(1, 9), isCurrent: false }));
    expect(await read()).to.deep.include({ revision: 12, stale: false });
  });

  it('is the replica, marked stale, rather than nothing', async () => {
    const { clock, owner, node } = stage();
    owner.away = new Error('away');
    const reading = node(() => ({ view: view(1, 9), isCurrent: false }))();
    await clock.pass(1_000);
    expect(await reading).to.deep.include({ revision: 9, stale: true });
  });

  it('is not a replica that is behind what was read here before', async () => {
    const { cache, owner, node } = stage();
    let replica: ReturnType<StreamHub['peek']>;
    const read = node(() => replica);
    owner.revision = 12;
    cache.isAway = true;
    await read();
    replica = { view: view(1, 9), isCurrent: true };
    expect((await read()).revision).to.equal(12);
    replica = { view: view(1, 13), isCurrent: true };
    expect((await read()).revision).to.equal(13);
  });
});

describe('a seat map that is read on a node alone', () => {
  it('is the replica, which starts with the first read', async () => {
    const { owner, hub, happen } = hubStage();
    const reader = replicaReader(hub);
    const read = () => reader.read('s', Infinity, ({ revision }) => revision);
    expect(await read()).to.equal(1);
    happen({ 0: Held });
    expect(await read()).to.equal(2);
    expect([owner.asked.length, hub.size]).to.deep.equal([1, 1]);
    hub.close();
  });

  it('lets the replica go in the end, also when reading failed', async () => {
    const { clock, hub } = hubStage();
    const failure = new Error('cannot be drawn');
    const reading = replicaReader(hub).read('s', Infinity, () => {
      throw failure;
    });
    expect(await reading.catch((error: unknown) => error)).to.equal(failure);
    await clock.pass(5_000);
    expect(hub.size).to.equal(0);
  });
});

describe('the replica of a node, looked at', () => {
  it('is there once it is open, and current while its owner or the bus says so', async () => {
    const { clock, owner, hub, happen, view: watch } = hubStage();
    expect(hub.peek('s')).to.equal(undefined);
    const opening = watch();
    expect(hub.peek('s'), 'not yet').to.equal(undefined);
    const { stream } = await opening;
    expect(hub.peek('s')).to.have.nested.property('view.revision', 1);
    await clock.pass(10_000);
    expect(hub.peek('s'), 'watched, so its owner is asked').to.have.property('isCurrent', true);
    stream.release();
    await clock.pass(1_000);
    expect(hub.peek('s')).to.have.property('isCurrent', true);
    await clock.pass(1);
    expect(hub.peek('s'), 'nobody has asked for a while').to.have.property('isCurrent', false);
    happen({ 0: Held });
    expect(hub.peek('s'), 'the owner said so itself').to.have.property('isCurrent', true);
    owner.away = new Error('away');
    happen({}, { lost: true });
    happen({});
    await clock.pass(1_500);
    expect(hub.peek('s')).to.deep.include({ isCurrent: false }).and.have.nested.property('view.stale', true);
    hub.close();
  });
});
