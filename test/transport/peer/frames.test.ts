import { expect } from 'chai';
import fc from 'fast-check';
import { LinkRequest, LinkResponse } from '../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { PeerReply } from '../../../src/cluster/ports.js';
import { callFrame, helloCallFrame, readCallFrame } from '../../../src/transport/peer/call-frames.js';
import { MalformedFrame } from '../../../src/transport/wire/malformed-frame.js';
import { PREFIX_BYTES } from '../../../src/transport/wire/message-splitter.js';
import { helloReplyFrame, readReplyFrame, replyFrame } from '../../../src/transport/peer/reply-frames.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const callId = fc.integer({ min: 1, max: 0xffff_ffff });
const text = fc.string({ unit: 'grapheme', maxLength: 80 });
const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));

const aCall = fc.record({
  callId,
  method: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  entityId: text,
  request: bytes,
  timeoutMs: uint32,
});
const hello = { protocol: 1, cluster: 'cinéma', nodeId: 'node-1', bootId: 'boot' };

/** What the stream carries after the prefix, which must say how long it is. */
function messageOf(frame: Buffer): Buffer {
  expect(frame.readUInt8(0)).to.equal(0);
  expect(frame.readUInt32BE(1)).to.equal(frame.length - PREFIX_BYTES);
  return frame.subarray(PREFIX_BYTES);
}

describe('frames with calls', () => {
  it('are what the generated code reads', () => {
    fc.assert(
      fc.property(fc.array(aCall, { maxLength: 20 }), (calls) => {
        const nowMs = 5_000;
        const written = calls.map(({ timeoutMs, callId: id, ...call }) => ({
          callId: id,
          call: { ...call, deadlineMs: nowMs + timeoutMs },
        }));
        const read = LinkRequest.decode(messageOf(callFrame(written, nowMs)));
        expect(read.frame).to.deep.equal({ $case: 'calls', value: { calls } });
      }),
    );
  });

  it('are read as the generated code writes them', () => {
    fc.assert(
      fc.property(fc.array(aCall, { maxLength: 20 }), (calls) => {
        const message = LinkRequest.encode(
          LinkRequest.fromPartial({ frame: { $case: 'calls', value: { calls } } }),
        ).finish();
        expect(readCallFrame(Buffer.from(message))).to.deep.equal({ kind: 'calls', calls });
      }),
    );
  });

  it('carry what is left of the time, and never less than nothing', () => {
    const left = (deadlineMs: number): unknown => {
      const call = { method: 1, entityId: '', request: Buffer.alloc(0), deadlineMs };
      const frame = readCallFrame(messageOf(callFrame([{ callId: 1, call }], 1_000.5)));
      return frame.kind === 'calls' ? frame.calls[0]?.timeoutMs : undefined;
    };
    expect(left(1_500)).to.equal(500);
    expect(left(900)).to.equal(0);
    expect(left(Infinity)).to.equal(0xffff_ffff);
  });

  it('hold the very bytes of the request', () => {
    const call = { method: 1, entityId: 'e', request: Buffer.from('request'), deadlineMs: 0 };
    const message = messageOf(callFrame([{ callId: 1, call }], 0));
    const frame = readCallFrame(message);
    const request = frame.kind === 'calls' ? frame.calls[0]?.request : undefined;
    expect(request?.buffer).to.equal(message.buffer);
    expect(request).to.deep.equal(call.request);
  });
});

describe('frames with replies', () => {
  const result = fc.oneof(
    bytes.map((value) => ({ $case: 'response' as const, value })),
    bytes.map((value) => ({ $case: 'failure' as const, value })),
    text.map((ownerNodeId) => ({ $case: 'notOwner' as const, value: { ownerNodeId } })),
  );
  const replies = fc.array(fc.record({ callId, result }), { maxLength: 20 });
  type Result = typeof result extends fc.Arbitrary<infer One> ? One : never;

  const replyOf = (given: Result): PeerReply => {
    switch (given.$case) {
      case 'response':
        return { kind: 'answered', response: given.value };
      case 'failure':
        return { kind: 'failed', failure: given.value };
      case 'notOwner':
        return { kind: 'not-owner', ownerNodeId: given.value.ownerNodeId || undefined };
    }
  };

  it('are what the generated code reads', () => {
    fc.assert(
      fc.property(replies, (given) => {
        const frame = replyFrame(given.map(({ callId: id, result: one }) => ({ callId: id, reply: replyOf(one) })));
        const read = LinkResponse.decode(messageOf(frame));
        expect(read.frame).to.deep.equal({ $case: 'replies', value: { replies: given } });
      }),
    );
  });

  it('are read as the generated code writes them', () => {
    fc.assert(
      fc.property(replies, (given) => {
        const message = LinkResponse.encode({ frame: { $case: 'replies', value: { replies: given } } }).finish();
        expect(readReplyFrame(Buffer.from(message))).to.deep.equal({
          kind: 'replies',
          replies: given.map(({ callId: id, result: one }) => ({ callId: id, reply: replyOf(one) })),
        });
      }),
    );
  });
});

describe('frames', () => {
  it('say hello', () => {
    expect(readCallFrame(messageOf(helloCallFrame(hello)))).to.deep.equal({ kind: 'hello', hello });
    expect(readReplyFrame(messageOf(helloReplyFrame(hello)))).to.deep.equal({ kind: 'hello', hello });
  });

  it('may have fields that a newer program added', () => {
    const added = '7801' + '7a03616263' + '7901020304050607087d01020304';
    const call = Buffer.from(`0a${hex(2 + 2 + added.length / 2)}0801` + `1001${added}`, 'hex');
    const message = Buffer.concat([Buffer.from([18, call.length]), call, Buffer.from(added, 'hex')]);
    expect(readCallFrame(message)).to.deep.include({ kind: 'calls' }).and.to.have.nested.property('calls[0].callId', 1);
  });

  const wrong: readonly (readonly [what: string, bytesInHex: string])[] = [
    ['no frame', ''],
    ['only a field nobody knows', '7801'],
    ['two frames', '0a00' + '1200'],
    ['a frame longer than the message', '1205' + '0a00'],
    ['a call longer than its frame', '1202' + '0a05' + '0801'],
    ['a request longer than its call', '1208' + '0a04' + '22036162' + '63'],
    ['text that is not UTF-8', '1206' + '0a04' + '1a02c328'],
    ['a group', '1202' + '0b0c'],
    ['field number zero', '1204' + '0a02' + '0001'],
    ['a varint without an end', '12'.padEnd(26, 'f')],
  ];
  for (const [what, bytesInHex] of wrong) {
    it(`are refused with ${what}`, () => {
      expect(() => readCallFrame(Buffer.from(bytesInHex, 'hex'))).to.throw(MalformedFrame);
    });
  }

  it('are refused with a reply that has no result', () => {
    expect(() => readReplyFrame(Buffer.from('12040a020801', 'hex'))).to.throw(MalformedFrame, 'without a result');
  });

  it('of any bytes are read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (array, isBatch) => {
        const body = Buffer.from(array);
        const message = isBatch ? Buffer.concat([Buffer.from([18, body.length]), body]) : body;
        for (const read of [readCallFrame, readReplyFrame]) {
          try {
            read(message);
          } catch (error) {
            expect(error).to.be.instanceOf(MalformedFrame);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
