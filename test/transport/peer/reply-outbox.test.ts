import { expect } from 'chai';
import { PREFIX_BYTES } from '../../../src/transport/wire/message-splitter.js';
import { readReplyFrame } from '../../../src/transport/peer/reply-frames.js';
import { ReplyOutbox } from '../../../src/transport/peer/reply-outbox.js';
import { manualClock } from '../../runtime/manual-clock.js';

const limits = {
  callsPerPeerMax: 5,
  bytesPerPeerMax: 1_000,
  peerBatchCallsMax: 3,
  peerConnectTimeoutMs: 1_000,
  peerSilenceMs: 1_000,
};

describe('the outbox of replies', () => {
  const clock = manualClock();
  /** Call ids of every frame that was written. */
  let frames: number[][];
  let hasSpace: boolean;
  let flushes: number;
  let outbox: ReplyOutbox;

  beforeEach(() => {
    frames = [];
    hasSpace = true;
    flushes = 0;
    outbox = new ReplyOutbox(
      clock,
      limits,
      (frame) => {
        const read = readReplyFrame(frame.subarray(PREFIX_BYTES));
        frames.push(read.kind === 'replies' ? read.replies.map(({ callId }) => callId) : []);
        return hasSpace;
      },
      () => (flushes += 1),
    );
  });

  const reply = (callId: number, bytes = 1, requestBytes = 1): void =>
    outbox.reply(callId, { kind: 'answered', response: Buffer.alloc(bytes) }, requestBytes);
  const expectCalls = (count: number, requestBytes = 1): void => {
    for (let calls = 0; calls < count; calls += 1) outbox.expect(requestBytes);
  };

  it('writes those of one tick together, in frames of at most so many', async () => {
    expectCalls(5);
    for (const callId of [5, 4, 3, 2, 1]) reply(callId);
    expect(frames).to.deep.equal([]);
    await clock.settle();
    expect(frames).to.deep.equal([
      [5, 4, 3],
      [2, 1],
    ]);
    expect(flushes).to.equal(1);
  });

  it('lets none wait for others when a frame has bytes enough', async () => {
    expectCalls(3);
    reply(1);
    reply(2, 300_000);
    reply(3);
    await clock.settle();
    expect(frames).to.deep.equal([[1, 2], [3]]);
  });

  it('has room for so many calls, until some are replied to', async () => {
    expectCalls(4);
    expect(outbox.hasRoom).to.equal(true);
    expectCalls(1);
    expect(outbox.hasRoom).to.equal(false);
    reply(1);
    expect(outbox.hasRoom).to.equal(false);
    await clock.settle();
    expect(outbox.hasRoom).to.equal(true);
  });

  it('has room for so many bytes of requests, until some are replied to', async () => {
    expectCalls(1, 999);
    expect(outbox.hasRoom).to.equal(true);
    expectCalls(1, 1);
    expect(outbox.hasRoom).to.equal(false);
    reply(1, 1, 999);
    await clock.settle();
    expect(outbox.hasRoom).to.equal(true);
  });

  it('writes nothing and has no room while the peer does not read', async () => {
    expectCalls(5);
    hasSpace = false;
    for (const callId of [1, 2, 3, 4]) reply(callId);
    await clock.settle();
    reply(5);
    await clock.settle();
    expect(frames).to.deep.equal([[1, 2, 3]]);
    expect([outbox.hasRoom, outbox.isEmpty]).to.deep.equal([false, false]);
    hasSpace = true;
    outbox.drained();
    expect(frames).to.deep.equal([
      [1, 2, 3],
      [4, 5],
    ]);
    expect([outbox.hasRoom, outbox.isEmpty]).to.deep.equal([true, true]);
  });

  it('writes nothing once it is closed', async () => {
    expectCalls(2);
    reply(1);
    outbox.close();
    outbox.close();
    reply(2);
    await clock.settle();
    expect(frames).to.deep.equal([]);
  });
});
