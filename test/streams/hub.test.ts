import { expect } from 'chai';
import type { SeatFrame, SeatStream } from '../../src/streams/index.js';
import { deltas, full, stage } from './hub-stage.js';
import { Booked, change, Free, Held, states, timeOf } from './stage.js';

describe('the stream of a screening', () => {
  it('tells the first change at once, and merges those that follow within a frame', async () => {
    const { clock, hub, happen, view } = stage();
    const { frames } = await view();
    happen({ 0: Held });
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    happen({ 1: Held });
    happen({ 1: Booked, 2: Held });
    happen({ 2: Free });
    await clock.pass(49);
    expect(frames).to.have.length(1);
    await clock.pass(1);
    expect(deltas(frames).slice(1), 'each seat once, as it is now').to.deep.equal([[2, 5, { 1: Booked, 2: Free }]]);
    await clock.pass(50);
    happen({ 3: Held });
    expect(frames, 'after a quiet moment at once again').to.have.length(3);
    hub.close();
  });

  it('tells changes of no seat too: revisions have no holes', async () => {
    const { hub, happen, view } = stage({ frameIntervalMs: 0 });
    const { frames } = await view();
    happen({});
    happen({ 0: Held });
    expect(deltas(frames)).to.deep.equal([
      [1, 2, {}],
      [2, 3, { 0: Held }],
    ]);
    hub.close();
  });

  it('does not say who bought', async () => {
    const { clock, bus, hub, view } = stage();
    const { stream, frames } = await view();
    const bought = { ...change(2, { 0: Booked }), bookingBuyers: ['anna.schmidt'] };
    bus.publish('s', { epoch: 1, revision: 2, change: bought });
    await clock.pass(1_000);
    const token = stream.resumeToken({ epoch: 1, revision: 1 });
    const shown = JSON.stringify([frames, stream.view(), stream.opening(undefined), stream.opening(token)]);
    expect(frames.map(({ kind }) => kind)).to.deep.equal(['delta', 'progress']);
    expect(shown).to.not.contain('anna');
    hub.close();
  });

  it('says every few moments where it is', async () => {
    const { clock, hub, happen, view } = stage();
    const { frames } = await view();
    happen({ 0: Held });
    await clock.pass(2_000);
    expect(frames.filter(({ kind }) => kind === 'progress')).to.deep.equal([
      { kind: 'progress', epoch: 1, revision: 2, stale: false },
      { kind: 'progress', epoch: 1, revision: 2, stale: false },
    ]);
    hub.close();
  });

  it('asks the owner when it missed something, and tells what differs', async () => {
    const { clock, owner, hub, happen, view } = stage();
    const { frames } = await view();
    happen({ 0: Held }, { lost: true });
    happen({ 0: Booked, 1: Held });
    await clock.settle();
    expect(owner.asked).to.deep.equal([undefined, 1]);
    expect(deltas(frames)).to.deep.equal([[1, 3, { 0: Booked, 1: Held }]]);
    hub.close();
  });

  it('notices within a moment what was lost for good', async () => {
    const { clock, hub, happen, view } = stage();
    const { frames } = await view();
    happen({ 0: Held }, { lost: true });
    await clock.pass(1_000);
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    const delta = frames.find(({ kind }) => kind === 'delta');
    expect(delta, 'when it happened, not when it was noticed').to.include({ timeMs: timeOf(2) });
    hub.close();
  });

  it('misses nothing that is told while it asks', async () => {
    const { clock, owner, hub, happen, view } = stage();
    const { stream } = await view();
    happen({ 0: Held }, { lost: true });
    owner.beforeAnswer = () => {
      owner.beforeAnswer = () => undefined;
      happen({ 2: Held });
    };
    happen({ 1: Held });
    await clock.settle();
    expect(stream.view().revision).to.equal(owner.revision);
    expect([...stream.view().states]).to.deep.equal([...owner.states]);
    hub.close();
  });

  it('asks again until the owner answers, also when only readers are there', async () => {
    const { clock, owner, hub, happen } = stage();
    const stream = await hub.open('s', Infinity);
    owner.away = new Error('away');
    happen({ 0: Held }, { lost: true });
    happen({ 1: Held });
    await clock.settle();
    expect(stream.view().revision).to.equal(1);
    owner.away = undefined;
    await clock.pass(1_000);
    expect(stream.view().revision).to.equal(3);
    await clock.pass(5_000);
    expect(owner.asked.length, 'and leaves it alone then').to.equal(3);
    hub.close();
  });

  it('takes over what a new owner recovered', async () => {
    const { clock, bus, owner, hub, happen, view } = stage();
    const { frames } = await view();
    happen({ 0: Held }, { lost: true });
    owner.epoch = 2;
    bus.publish('s', { epoch: 2, revision: 2, change: undefined });
    await clock.settle();
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    hub.close();
  });

  it('ignores a zombie', async () => {
    const { clock, bus, owner, hub, happen, view } = stage();
    owner.epoch = 2;
    const { stream, frames } = await view();
    bus.publish('s', { epoch: 1, revision: 2, change: change(2, { 5: Booked }) });
    await clock.settle();
    expect(frames).to.deep.equal([]);
    happen({ 0: Held });
    expect([...stream.view().states]).to.deep.equal([...states({ 0: Held })]);
    hub.close();
  });

  it('says that it is stale while the database is away', async () => {
    const { clock, hub, view, setStale } = stage();
    const { stream, frames } = await view();
    setStale(true);
    expect(stream.view().stale).to.equal(true);
    await clock.pass(1_000);
    setStale(false);
    expect(stream.view().stale).to.equal(false);
    await clock.pass(1_000);
    expect(frames, 'also to who is connected').to.deep.equal([
      { kind: 'progress', epoch: 1, revision: 1, stale: true },
      { kind: 'progress', epoch: 1, revision: 1, stale: false },
    ]);
    hub.close();
  });
});

describe('a viewer who comes back', () => {
  const kinds = (frames: readonly SeatFrame[]): string[] =>
    frames.map((frame) => (frame.kind === 'reset' ? `reset ${frame.reason}` : frame.kind));

  it('gets what it missed, or word that it missed nothing', async () => {
    const { clock, hub, happen, view } = stage();
    const { stream } = await view();
    happen({ 0: Held });
    const token = stream.resumeToken({ epoch: 1, revision: 2 });
    expect(kinds(stream.opening(token))).to.deep.equal(['progress']);
    happen({ 1: Held });
    expect(kinds(stream.opening(token)), 'what is pending comes with the next frame').to.deep.equal(['progress']);
    await clock.pass(50);
    expect(deltas(stream.opening(token))).to.deep.equal([[2, 3, { 1: Held }]]);
    hub.close();
  });

  it('starts anew when the token is of nowhere, or of a future', async () => {
    const { hub, view } = stage();
    const { stream } = await view();
    expect(kinds(stream.opening(undefined))).to.deep.equal(['snapshot']);
    for (const token of ['garbage', stream.resumeToken({ epoch: 1, revision: 2 })]) {
      expect(kinds(stream.opening(token))).to.deep.equal(['reset RESUME_TOKEN_UNKNOWN', 'snapshot']);
    }
    hub.close();
  });

  it('starts anew when what it missed is gone', async () => {
    const { hub, happen, view } = stage({ resumeFrames: 1, frameIntervalMs: 0 });
    const { stream } = await view();
    happen({ 0: Held });
    happen({ 1: Held });
    expect(kinds(stream.opening(stream.resumeToken({ epoch: 1, revision: 1 })))).to.deep.equal([
      'reset COMPACTED',
      'snapshot',
    ]);
    hub.close();
  });
});

describe('the hub', () => {
  it('keeps one replica for all viewers, and for a while after the last', async () => {
    const { clock, owner, hub } = stage();
    const [first, second] = await Promise.all([hub.open('s', Infinity), hub.open('s', Infinity)]);
    expect(owner.asked).to.deep.equal([undefined]);
    first.release();
    first.release();
    await clock.pass(6_000);
    expect(hub.size, 'a second release of one is not the release of another').to.equal(1);
    second.release();
    await clock.pass(4_999);
    expect(hub.size).to.equal(1);
    const third = await hub.open('s', Infinity);
    await clock.pass(6_000);
    expect(hub.size, 'someone came back').to.equal(1);
    third.release();
    await clock.pass(5_000);
    expect(hub.size).to.equal(0);
    expect(clock.armed, 'no timer is left').to.equal(0);
    expect(owner.asked).to.have.length(1);
  });

  it('sends no frame to who has left', async () => {
    const { hub, happen, view } = stage();
    const { stream, frames } = await view();
    const other = await view();
    stream.release();
    happen({ 0: Held });
    expect([frames.length, other.frames.length]).to.deep.equal([0, 1]);
    hub.close();
  });

  it('makes room by letting an idle replica go, and refuses when none is', async () => {
    const { hub } = stage();
    const a = await hub.open('a', Infinity);
    await hub.open('b', Infinity);
    expect(await hub.open('c', Infinity).catch((error: unknown) => error)).to.equal(full);
    a.release();
    await hub.open('c', Infinity);
    expect(hub.size).to.equal(2);
    hub.close();
  });

  it('lets the replica go first that has been idle longest', async () => {
    const { clock, hub } = stage();
    const opened = await hub.open('a', Infinity);
    const idle = await hub.open('b', Infinity);
    idle.release();
    await clock.pass(500);
    opened.release();
    await hub.open('c', Infinity);
    expect([hub.peek('a') === undefined, hub.peek('b') === undefined]).to.deep.equal([false, true]);
    hub.close();
  });

  describe('keeps a replica whatever becomes of one before it, which nobody waits for any more', () => {
    /** Somebody wants the screening, has gone after 1 s, and after 2 s the owner turns out to be away. */
    const withForerunner = async (limits: Parameters<typeof stage>[0]) => {
      const staged = stage(limits);
      const { clock, owner, hub } = staged;
      const hanging = new Promise<void>((_resolve, reject) => clock.after(2_000, () => reject(new Error('away'))));
      owner.beforeAsking = () => hanging;
      const impatient = hub.open('s', clock.now() + 1_000).catch((error: unknown) => error);
      await clock.pass(1_000);
      expect(await impatient)
        .to.be.an('error')
        .with.property('message', 'too late');
      owner.beforeAsking = () => Promise.resolve();
      return staged;
    };
    const letGo = async ({ clock, hub }: ReturnType<typeof stage>, stream: SeatStream): Promise<void> => {
      await clock.pass(10_000);
      expect(hub.size, 'it is in use').to.equal(1);
      stream.release();
      await clock.pass(5_000);
      expect([hub.size, clock.armed]).to.deep.equal([0, 0]);
    };

    it('that failed', async () => {
      const staged = await withForerunner({});
      await staged.clock.pass(1_000);
      await letGo(staged, await staged.hub.open('s', Infinity));
    });

    it('that made room and fails only now', async () => {
      const staged = await withForerunner({ replicasMax: 1 });
      (await staged.hub.open('another', Infinity)).release();
      await letGo(staged, await staged.hub.open('s', Infinity));
    });
  });

  it('hands on why a screening cannot be opened, and remembers nothing of it', async () => {
    const { clock, owner, hub } = stage();
    owner.away = new Error('away');
    const both = await Promise.all(
      [hub.open('s', Infinity), hub.open('s', Infinity)].map((opening) => opening.catch((error: unknown) => error)),
    );
    expect(both).to.deep.equal([owner.away, owner.away]);
    expect(hub.size).to.equal(0);
    expect(clock.armed).to.equal(0);
    owner.away = undefined;
    expect((await hub.open('s', Infinity)).view().revision).to.equal(1);
    hub.close();
  });

  it('misses nothing that is told while a replica starts', async () => {
    const { owner, hub, happen } = stage();
    owner.beforeAnswer = () => {
      happen({ 0: Held });
    };
    const stream = await hub.open('s', Infinity);
    expect([...stream.view().states]).to.deep.equal([...states({ 0: Held })]);
    expect(stream.view().revision).to.equal(2);
    hub.close();
  });

  it('misses nothing that is told while a replica starts, be it more than it keeps', async () => {
    const { clock, owner, hub, happen } = stage({ resumeFrames: 1 });
    owner.beforeAnswer = () => {
      owner.beforeAnswer = () => undefined;
      for (const seat of [0, 1, 2]) happen({ [seat]: Held });
    };
    const stream = await hub.open('s', Infinity);
    await clock.settle();
    expect([...stream.view().states]).to.deep.equal([...owner.states]);
    expect(owner.asked, 'the owner was asked for the rest').to.deep.equal([undefined, 2]);
    hub.close();
  });

  it('closes everything, twice if asked', async () => {
    const { clock, hub, happen, view } = stage();
    const { frames } = await view();
    hub.close();
    hub.close();
    await clock.settle();
    happen({ 0: Held });
    await clock.pass(10_000);
    expect(frames).to.deep.equal([]);
    expect(clock.armed).to.equal(0);
  });
});
