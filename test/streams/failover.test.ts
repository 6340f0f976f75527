import { expect } from 'chai';
import type { SeatFrame } from '../../src/streams/index.js';
import { deltas, stage } from './hub-stage.js';
import { Booked, change, Held, states } from './stage.js';

const progresses = (frames: readonly SeatFrame[]) =>
  frames.flatMap((frame) => (frame.kind === 'progress' ? [[frame.epoch, frame.revision, frame.stale] as const] : []));

describe('the stream of a screening whose owner is away', () => {
  it('asks again soon, then less and less often, and is there as soon as the owner is back', async () => {
    const { clock, owner, hub, happen, view } = stage({ progressIntervalMs: 10_000 });
    const { frames } = await view();
    owner.away = new Error('away');
    happen({ 0: Held }, { lost: true });
    happen({ 1: Held });
    await clock.pass(3_000);
    expect(owner.askedAtMs).to.deep.equal([0, 0, 50, 150, 350, 750, 1_550]);
    owner.away = undefined;
    await clock.pass(149);
    expect(frames).to.deep.equal([]);
    await clock.pass(1);
    expect(deltas(frames)).to.deep.equal([[1, 3, { 0: Held, 1: Held }]]);
    await clock.pass(5_000);
    expect(owner.askedAtMs.length, 'and leaves it alone then').to.equal(8);
    owner.away = new Error('away again');
    happen({}, { lost: true });
    happen({});
    await clock.pass(49);
    expect(owner.askedAtMs).to.have.length(9);
    await clock.pass(1);
    expect(owner.askedAtMs.length, 'begins with the shortest pause again').to.equal(10);
    hub.close();
  });

  it('pauses no longer than a progress interval', async () => {
    const { clock, owner, hub, view } = stage({ progressIntervalMs: 200 });
    await view();
    owner.away = new Error('away');
    await clock.pass(10_000);
    const pauses = owner.askedAtMs.slice(2).map((atMs, index) => atMs - (owner.askedAtMs[index + 1] ?? 0));
    expect(pauses, 'it goes on asking').to.have.length.at.least(10_000 / 200 - 1);
    expect(Math.max(...pauses)).to.be.at.most(200);
    hub.close();
  });

  it('is stale once it has been away for a progress interval, and no longer once it is back', async () => {
    const { clock, owner, hub, view } = stage();
    const { stream, frames } = await view();
    await clock.pass(500);
    owner.away = new Error('away');
    await clock.pass(500);
    await clock.pass(999);
    expect(stream.view().stale).to.equal(false);
    await clock.pass(1);
    expect(stream.view().stale).to.equal(true);
    expect(progresses(frames)).to.deep.equal([
      [1, 1, false],
      [1, 1, true],
    ]);
    owner.away = undefined;
    await clock.pass(1_000);
    expect(stream.view().stale).to.equal(false);
    hub.close();
  });

  it('is not stale while its changes come over the bus, whatever becomes of the question', async () => {
    const { clock, owner, hub, happen, view } = stage();
    const { stream } = await view();
    owner.away = new Error('away');
    await clock.pass(3_000);
    expect(stream.view().stale).to.equal(true);
    happen({ 0: Held });
    expect(stream.view().stale).to.equal(false);
    await clock.pass(999);
    expect(stream.view().stale).to.equal(false);
    await clock.pass(1);
    expect(stream.view().stale, 'silence again').to.equal(true);
    hub.close();
  });

  it('is there at once when a new owner says that it took over', async () => {
    const { clock, bus, owner, hub, happen, view } = stage();
    const { frames } = await view();
    owner.away = new Error('away');
    happen({ 0: Held }, { lost: true });
    await clock.pass(1_700);
    const asked = owner.asked.length;
    owner.away = undefined;
    owner.epoch = 2;
    bus.publish('s', { epoch: 2, revision: 2, change: undefined });
    await clock.settle();
    expect(owner.asked).to.have.length(asked + 1);
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    hub.close();
  });

  it('passes to a new owner that found nothing new', async () => {
    const { clock, bus, owner, hub, happen, view } = stage();
    const { stream, frames } = await view();
    owner.epoch = 2;
    bus.publish('s', { epoch: 2, revision: 1, change: undefined });
    expect(stream.view().epoch).to.equal(2);
    bus.publish('s', { epoch: 1, revision: 2, change: change(2, { 5: Booked }) });
    await clock.settle();
    expect([...stream.view().states], 'a zombie').to.deep.equal([...states()]);
    expect(owner.asked, 'there was nothing to ask').to.deep.equal([undefined]);
    happen({ 0: Held });
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    hub.close();
  });

  it('takes no answer of a former owner: it asks until the new one answers', async () => {
    const { clock, bus, owner, hub, happen, view } = stage();
    const { stream } = await view();
    happen({ 0: Held }, { lost: true });
    bus.publish('s', { epoch: 2, revision: 3, change: undefined });
    await clock.settle();
    expect([stream.view().epoch, stream.view().revision]).to.deep.equal([1, 1]);
    owner.epoch = 2;
    happen({ 1: Held }, { lost: true });
    await clock.pass(50);
    expect([stream.view().epoch, stream.view().revision]).to.deep.equal([2, 3]);
    hub.close();
  });

  it('takes no answer that is not of its hall', async () => {
    const { clock, owner, hub, happen, view } = stage();
    const { stream } = await view();
    const whole = owner.states;
    owner.states = new Uint8Array(7);
    happen({ 0: Held }, { lost: true });
    await clock.pass(2_000);
    expect([stream.view().revision, stream.view().stale]).to.deep.equal([1, true]);
    owner.states = whole;
    await clock.pass(1_000);
    expect([stream.view().revision, stream.view().stale]).to.deep.equal([2, false]);
    hub.close();
  });
});
