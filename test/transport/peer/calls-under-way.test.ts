import { expect } from 'chai';
import { CallsUnderWay } from '../../../src/transport/peer/calls-under-way.js';
import { manualClock, type ManualClock } from '../../runtime/manual-clock.js';
import { callOf, outcome } from './support/stage.js';

const limits = {
  callsPerPeerMax: 1_000,
  bytesPerPeerMax: 10_000_000,
  peerBatchCallsMax: 10,
  peerConnectTimeoutMs: 1_000,
  peerSilenceMs: 1_000,
};

describe('the calls under way on a link', () => {
  let clock: ManualClock;
  let calls: CallsUnderWay;

  beforeEach(() => {
    clock = manualClock();
    calls = new CallsUnderWay('a peer', clock, limits);
  });

  const add = (text: string, size = text.length): Promise<string> =>
    outcome(calls.add(callOf(text.padEnd(size), {}, clock)));
  const takeFrame = (): string[] =>
    calls.takeFrame(clock.now()).map(({ call }) => Buffer.from(call.request).toString().trim());
  const takeIds = (): number[] => calls.takeFrame(clock.now()).map(({ callId }) => callId);

  it('are taken in frames of at most so many', () => {
    for (let index = 0; index < 25; index += 1) void add(`${index}`);
    expect(takeFrame()).to.deep.equal(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(takeFrame()).to.have.length(10);
    expect(takeFrame()).to.deep.equal(['20', '21', '22', '23', '24']);
    expect(takeFrame()).to.deep.equal([]);
  });

  it('do not wait for others when a frame has bytes enough', () => {
    void add('small');
    void add('large', 300_000);
    void add('next');
    expect(takeFrame()).to.deep.equal(['small', 'large']);
    expect(takeFrame()).to.deep.equal(['next']);
  });

  it('can be added while others are written and awaited', async () => {
    const first = add('first');
    const [firstId = 0] = takeIds();
    const second = add('second');
    const [secondId = 0] = takeIds();
    expect(calls.settle(secondId, { kind: 'answered', response: Buffer.from('2') })).to.equal(true);
    expect(calls.settle(firstId, { kind: 'answered', response: Buffer.from('1') })).to.equal(true);
    expect(await Promise.all([first, second])).to.deep.equal(['answered 1', 'answered 2']);
  });

  it('are settled once, and only when they were written', () => {
    void add('one');
    const reply = { kind: 'not-owner', ownerNodeId: undefined } as const;
    expect(calls.settle(1, reply)).to.equal(false);
    expect(takeIds()).to.deep.equal([1]);
    calls.settle(1, { kind: 'answered', response: Buffer.alloc(0) });
    expect(calls.settle(1, reply)).to.equal(false);
  });

  it('get ids that come round, but never one that is in use', () => {
    calls = new CallsUnderWay('a peer', clock, limits, 4);
    for (let index = 0; index < 4; index += 1) void add('');
    expect(takeIds()).to.deep.equal([1, 2, 3, 4]);
    calls.settle(3, { kind: 'answered', response: Buffer.alloc(0) });
    void add('');
    expect(takeIds()).to.deep.equal([3]);
  });

  it('leave no timer behind', async () => {
    const one = add('one');
    const [id = 0] = takeIds();
    calls.settle(id, { kind: 'answered', response: Buffer.alloc(0) });
    await one;
    await clock.pass(20_000);
    expect(clock.armed).to.equal(0);
    void add('two');
    calls.failAll('over');
    expect(clock.armed).to.equal(0);
  });
});
