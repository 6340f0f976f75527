import { expect } from 'chai';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import { localBus, type Bus, type OwnerNotice } from '../../src/runtime/index.js';
import { deltas, stage } from './hub-stage.js';
import { Held, states } from './stage.js';

/** A bus that hears only while it is told to, as one between nodes. */
function patchyBus() {
  const inner = localBus<OwnerNotice<SeatMapChange>>();
  const begins = new Set<() => void>();
  let hears = false;
  const bus: Bus<OwnerNotice<SeatMapChange>> = {
    publish: (topic, message) => {
      inner.publish(topic, message);
    },
    subscribe(topic, receive, listening) {
      if (listening !== undefined) begins.add(listening);
      const leave = inner.subscribe(topic, (message) => {
        if (hears) receive(message);
      });
      return leave;
    },
  };
  const hear = (value: boolean): void => {
    hears = value;
    if (hears) for (const begin of begins) begin();
  };
  return { bus, hear };
}

describe('a stream on a bus that does not hear at once', () => {
  it('shows what was told before it heard, as soon as it hears', async () => {
    const { bus, hear } = patchyBus();
    const { clock, owner, hub, happen, view } = stage({}, bus);
    const { frames } = await view();
    happen({ 0: Held });
    expect(frames).to.deep.equal([]);
    hear(true);
    await clock.settle();
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    expect(owner.asked).to.deep.equal([undefined, 1]);
    hub.close();
  });

  it('asks again when hearing begins while the first answer is under way', async () => {
    const { bus, hear } = patchyBus();
    const { clock, owner, hub, happen } = stage({}, bus);
    owner.beforeAnswer = () => {
      owner.beforeAnswer = () => undefined;
      happen({ 0: Held });
      hear(true);
    };
    const stream = await hub.open('s', Infinity);
    await clock.settle();
    expect([...stream.view().states]).to.deep.equal([...states({ 0: Held })]);
    hub.close();
  });

  it('asks no second time when it hears before it asks', async () => {
    const { clock, owner, hub } = stage();
    await hub.open('s', Infinity);
    await clock.settle();
    expect(owner.asked).to.deep.equal([undefined]);
    hub.close();
  });

  it('asks again after every break', async () => {
    const { bus, hear } = patchyBus();
    const { clock, hub, happen, view } = stage({}, bus);
    hear(true);
    const { frames } = await view();
    hear(false);
    happen({ 0: Held });
    hear(true);
    await clock.settle();
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    hub.close();
  });
});

describe('a stream whose bus is away', () => {
  it('opens, and asks its owner instead, often while the screening is busy', async () => {
    const { clock, owner, hub, happen, view } = stage({ progressIntervalMs: 2_000 }, patchyBus().bus);
    const { stream, frames } = await view();
    happen({ 0: Held });
    await clock.pass(2_000);
    expect(deltas(frames), 'after a progress interval at the latest').to.deep.equal([[1, 2, { 0: Held }]]);
    for (let seat = 1; seat <= 3; seat += 1) {
      happen({ [seat]: Held });
      await clock.pass(100);
      expect(stream.view().revision).to.equal(owner.revision);
    }
    expect(stream.view().stale, 'it is not old').to.equal(false);
    const asked = owner.askedAtMs.length;
    await clock.pass(1_600);
    const pauses = owner.askedAtMs.slice(asked).map((atMs, index) => atMs - (owner.askedAtMs[asked + index - 1] ?? 0));
    expect(pauses, 'less often when nothing happens, then as ever').to.deep.equal([100, 200, 400, 800]);
    await clock.pass(20_000);
    expect(owner.askedAtMs.length - asked - pauses.length).to.equal(10);
    hub.close();
  });

  it('does not when nobody watches', async () => {
    const { clock, owner, hub, happen } = stage({ progressIntervalMs: 2_000 }, patchyBus().bus);
    const stream = await hub.open('s', Infinity);
    happen({ 0: Held });
    hub.catchUp();
    await clock.pass(10_000);
    expect([owner.asked.length, stream.view().revision]).to.deep.equal([2, 2]);
    hub.close();
  });

  it('does not when the answer was only faster than the bus', async () => {
    const { bus, hear } = patchyBus();
    const { clock, owner, hub, happen, view } = stage({ progressIntervalMs: 2_000 }, bus);
    hear(true);
    const { stream } = await view();
    hear(false);
    happen({ 0: Held });
    await clock.pass(2_000);
    hear(true);
    await clock.settle();
    bus.publish('s', { epoch: 1, revision: 2, change: undefined });
    const asked = owner.asked.length;
    await clock.pass(1_900);
    expect(owner.asked.length).to.equal(asked);
    expect(stream.view().revision).to.equal(2);
    hub.close();
  });
});
