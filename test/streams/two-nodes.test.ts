import { expect } from 'chai';
import type { ScreeningAnswer } from '../../actors/screening/answers.js';
import type { ScreeningCommand } from '../../actors/screening/commands.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import { memoryBus, memoryReadCache, MemoryStore } from '../../src/cluster/memory/index.js';
import type { OwnerNotice } from '../../src/runtime/index.js';
import {
  bookingsKey,
  CachedSeatMaps,
  screeningNotices,
  StreamHub,
  type OwnerState,
  type SeatFrame,
} from '../../src/streams/index.js';
import { ask } from '../actors/screening/ask.js';
import { Stage } from '../actors/screening/stage.js';
import { manualClock } from '../runtime/manual-clock.js';
import { deltas } from './hub-stage.js';
import { Booked, Held } from './stage.js';

/** A real screening on one node, and another node that shows it; between them the bus and the cache. */
function stage() {
  const clock = manualClock();
  let tokens = 0;
  const store = new MemoryStore(clock, { token: () => `random ${String((tokens += 1))}`, fraction: () => 0 });
  const bus = memoryBus<OwnerNotice<SeatMapChange>>(store, screeningNotices);
  const screening = new Stage();
  let asked = 0;
  const there = memoryBus<OwnerNotice<SeatMapChange>>(store, screeningNotices);
  const ports = {
    bus: there,
    clock,
    loadLayout: () => Promise.resolve(screening.layout),
    askOwner: async (_id: string, known: number | undefined): Promise<OwnerState> => {
      asked += 1;
      const answer = screening.when(ask.seatStates(known));
      if (answer.kind !== 'seat-states') throw new Error(answer.kind);
      return { epoch: 1, ...answer.seatStates };
    },
    isStale: () => false,
    full: () => new Error('full'),
    late: () => new Error('late'),
  };
  const hub = new StreamHub(ports, {
    frameIntervalMs: 0,
    progressIntervalMs: 2_000,
    ownerRetryMs: 50,
    busAwayPollMs: 200,
    resumeFrames: 10,
    resumeSeatChanges: 100,
    replicasMax: 2,
    replicaIdleMs: 5_000,
  });
  const cache = memoryReadCache(store, { cacheTtlMs: 5_000, cacheValueBytesMax: 10_000 });
  const moving = (): Error => new Error('moving');
  const reader = new CachedSeatMaps(
    { ...ports, hub, cache, moving, unreadable: () => undefined },
    { rememberedReadsMax: 10 },
  );
  /** A turn of the owner, told as the runtime tells it. */
  const turn = (command: ScreeningCommand): ScreeningAnswer => {
    const answer = screening.when(command);
    if (answer.kind === 'refused') throw new Error(`${command.kind} was refused: ${answer.refusal.kind}`);
    const done = screening.turns.at(-1);
    if (done !== undefined) bus.publish('s', { epoch: 1, revision: done.revision, change: done.change });
    return answer;
  };
  const hold = (buyerId: string, ...seatIds: readonly string[]): string => {
    const answer = turn(ask.hold(buyerId, seatIds));
    return answer.kind === 'held' ? answer.hold.holdToken : '';
  };
  const view = async (): Promise<SeatFrame[]> => {
    const stream = await hub.open('s', Infinity);
    const frames: SeatFrame[] = [];
    stream.onFrame((frame) => frames.push(frame));
    return frames;
  };
  const read = (): Promise<number> => reader.read('s', Infinity, ({ revision }) => revision);
  return { clock, store, cache, hub, turn, hold, view, read, asked: () => asked };
}

describe('a screening on another node', () => {
  it('shows every change', async () => {
    const { clock, hub, turn, hold, view, asked } = stage();
    const frames = await view();
    await clock.settle();
    const askedFirst = asked();
    turn(ask.confirm('anna', hold('anna', 'A1', 'A2')));
    await clock.settle();
    expect(deltas(frames)).to.deep.equal([
      [1, 2, { 0: Held, 1: Held }],
      [2, 3, { 0: Booked, 1: Booked }],
    ]);
    expect(asked(), 'by the bus alone').to.equal(askedFirst);
    hub.close();
  });

  it('shows what was told before the bus was heard', async () => {
    const { clock, hub, hold, view } = stage();
    const frames = await view();
    hold('anna', 'A1');
    await clock.settle();
    expect(deltas(frames)).to.deep.equal([[1, 2, { 0: Held }]]);
    hub.close();
  });

  it('goes on while the bus is away, and by the bus when it is back', async () => {
    const { clock, store, hub, hold, view, asked } = stage();
    const frames = await view();
    await clock.settle();
    store.goAway();
    hold('anna', 'A1');
    await clock.pass(2_000);
    hold('berta', 'A2');
    await clock.pass(200);
    expect(deltas(frames).map(([, revision]) => revision)).to.deep.equal([2, 3]);
    hold('clara', 'A3');
    store.comeBack();
    await clock.settle();
    expect(deltas(frames).map(([, revision]) => revision)).to.deep.equal([2, 3, 4]);
    const askedBefore = asked();
    hold('dora', 'A4');
    await clock.settle();
    expect(deltas(frames).map(([, revision]) => revision)).to.deep.equal([2, 3, 4, 5]);
    expect(asked()).to.equal(askedBefore);
    hub.close();
  });

  it('is read from the cache until a turn throws it away, before anybody is answered', async () => {
    const { clock, hold, read, asked } = stage();
    expect([await read(), await read()]).to.deep.equal([1, 1]);
    expect(asked()).to.equal(1);
    hold('anna', 'A1');
    expect(await read()).to.equal(2);
    await clock.settle();
    expect([await read(), asked()]).to.deep.equal([2, 2]);
  });

  it('throws away the lists of those who bought, and says nowhere who they are', async () => {
    const { clock, store, cache, hub, turn, hold, view } = stage();
    const frames = await view();
    await clock.settle();
    const sent: string[] = [];
    const publish = store.publish.bind(store);
    store.publish = (channel, published) => {
      sent.push(channel, Buffer.from(published.bytes).toString('latin1'));
      publish(channel, published);
    };
    const keep = async (buyerId: string): Promise<void> => {
      const found = await cache.read(bookingsKey(buyerId));
      if (found?.kind === 'miss') await cache.write(bookingsKey(buyerId), found.token, Buffer.from('list'));
    };
    const holds = async (buyerId: string): Promise<boolean> => (await cache.read(bookingsKey(buyerId)))?.kind === 'hit';
    for (const buyer of ['anna.schmidt', 'berta.meier']) await keep(buyer);
    const token = hold('anna.schmidt', 'A1');
    expect(await holds('anna.schmidt'), 'a hold is no booking').to.equal(true);
    turn(ask.confirm('anna.schmidt', token));
    expect([await holds('anna.schmidt'), await holds('berta.meier')]).to.deep.equal([false, true]);
    await clock.settle();
    expect(deltas(frames)).to.have.length(2);
    expect(sent).to.have.length(4);
    expect(JSON.stringify([sent, [...store.entries.keys()], frames])).to.not.match(/anna|schmidt/);
    hub.close();
  });
});
