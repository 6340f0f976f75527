import { expect } from 'chai';
import type { Bus } from '../../src/runtime/index.js';
import { eventually } from '../support/eventually.js';
import { note, type ClusterFixture, type Note, type OpenFixture } from './cluster-fixture.js';

/** What every bus between nodes does: at once here, soon and in order elsewhere, never an exception. */
export function busContract(open: OpenFixture): void {
  let fixture: ClusterFixture;
  let bus: Bus<Note>;
  let other: Bus<Note>;
  beforeEach(async () => {
    fixture = await open();
    bus = (await fixture.node()).bus;
    other = (await fixture.node()).bus;
  });
  afterEach(() => fixture.close());

  /** Positions that are heard from now on; resolves when messages of other nodes are among them. */
  const hear = async (on: Bus<Note>, topic: string) => {
    const heard: number[] = [];
    const begun = { times: 0 };
    const stop = on.subscribe(
      topic,
      ({ position }) => heard.push(position),
      () => (begun.times += 1),
    );
    await eventually('others to be heard', () => begun.times > 0);
    return { heard, begun, stop };
  };
  /** Waits until all that was published before has arrived: what one node publishes keeps its order. */
  const settled = async (from: Bus<Note>, to: Bus<Note>): Promise<void> => {
    const end = await hear(to, 'end');
    from.publish('end', note(0));
    await eventually('the last message to arrive', () => end.heard.length > 0);
    end.stop();
  };

  it('tells subscribers of the same node before publish returns, in the order they came', () => {
    const heard: string[] = [];
    bus.subscribe('s', ({ position }) => heard.push(`first ${String(position)}`));
    bus.subscribe('s', ({ position }) => heard.push(`second ${String(position)}`));
    bus.publish('s', note(1));
    bus.publish('s', note(2));
    expect(heard).to.deep.equal(['first 1', 'second 1', 'first 2', 'second 2']);
  });

  it('tells those of other nodes in the order of publishing, every message once', async () => {
    const there = await hear(other, 's');
    const here = await hear(bus, 's');
    const positions = Array.from({ length: 300 }, (_, position) => position);
    for (const position of positions) bus.publish('s', note(position));
    expect(here.heard).to.deep.equal(positions);
    await eventually('the messages to arrive', () => there.heard.length >= positions.length);
    await settled(bus, other);
    expect(there.heard).to.deep.equal(positions);
    await settled(other, bus);
    expect(here.heard, 'its own messages do not come back').to.deep.equal(positions);
  });

  it('carries any bytes', async () => {
    const contents: Buffer[] = [];
    await new Promise<void>((resolve) => {
      other.subscribe('s', ({ content }) => contents.push(Buffer.from(content)), resolve);
    });
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const long = Buffer.alloc(300_000, every);
    for (const content of [every, Buffer.alloc(0), long]) bus.publish('s', note(1, { content }));
    await eventually('the messages to arrive', () => contents.length === 3);
    expect(contents.map((content) => content.toString('base64'))).to.deep.equal(
      [every, Buffer.alloc(0), long].map((content) => content.toString('base64')),
    );
  });

  it('keeps topics apart', async () => {
    const there = await hear(other, 's');
    bus.publish('t', note(1));
    bus.publish('s:', note(2));
    bus.publish('s', note(3));
    await eventually('the message to arrive', () => there.heard.length > 0);
    expect(there.heard).to.deep.equal([3]);
  });

  it('tells a subscriber nothing after it left, and the others go on', async () => {
    const leaving = await hear(other, 's');
    const staying: number[] = [];
    other.subscribe('s', ({ position }) => staying.push(position));
    leaving.stop();
    leaving.stop();
    bus.publish('s', note(1));
    other.publish('s', note(2));
    await eventually('the message to arrive', () => staying.includes(1));
    expect(leaving.heard).to.deep.equal([]);
    expect(staying).to.have.members([1, 2]);
  });

  it('hears other nodes again when somebody subscribes again', async () => {
    const before = await hear(other, 's');
    before.stop();
    const after = await hear(other, 's');
    bus.publish('s', note(1));
    await eventually('the message to arrive', () => after.heard.length > 0);
    expect(before.heard).to.deep.equal([]);
  });

  it('goes on on its own node while the store is away, and says from when on others are heard again', async () => {
    const there = await hear(other, 's');
    const here = await hear(bus, 's');
    fixture.goAway();
    bus.publish('s', note(1));
    fixture.comeBack();
    await eventually('both to hear again', () => here.begun.times > 1 && there.begun.times > 1);
    await eventually('a message to arrive', () => {
      bus.publish('s', note(2));
      return there.heard.includes(2);
    });
    expect(here.heard.slice(0, 2)).to.deep.equal([1, 2]);
    expect(there.heard).to.not.include(1);
  });

  it('says at once that others are heard where they are, and nothing to whoever has left', async () => {
    await hear(other, 's');
    let begun = 0;
    const stop = other.subscribe(
      's',
      () => undefined,
      () => (begun += 1),
    );
    expect(begun).to.equal(1);
    stop();
    stop();
    fixture.goAway();
    const again = hear(bus, 'again');
    fixture.comeBack();
    await again;
    expect(begun).to.equal(1);
  });
}
