import { expect } from 'chai';
import fc from 'fast-check';
import { MalformedFrame } from '../../../src/transport/wire/malformed-frame.js';
import { MessageSplitter, PREFIX_BYTES, withPrefix } from '../../../src/transport/wire/message-splitter.js';

function framed(message: Uint8Array): Buffer {
  return withPrefix(Buffer.concat([Buffer.alloc(PREFIX_BYTES), message]));
}

function allOf(splitter: MessageSplitter): Buffer[] {
  const messages: Buffer[] = [];
  for (let next = splitter.next(); next !== undefined; next = splitter.next()) messages.push(next);
  return messages;
}

describe('the splitter of a gRPC stream', () => {
  it('finds the same messages however the bytes arrive', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 });
    const cuts = fc.array(fc.nat(450), { maxLength: 20 });
    fc.assert(
      fc.property(messages, cuts, (sent, at) => {
        const stream = Buffer.concat(sent.map(framed));
        const splitter = new MessageSplitter(1_000);
        const got: Buffer[] = [];
        let from = 0;
        for (const cut of [...at.filter((one) => one < stream.length).sort((a, b) => a - b), stream.length]) {
          splitter.push(stream.subarray(from, cut));
          got.push(...allOf(splitter));
          from = cut;
        }
        expect(got.map((one) => [...one])).to.deep.equal(sent.map((one) => [...one]));
      }),
    );
  });

  it('copies nothing that arrived in one piece', () => {
    const piece = Buffer.concat([framed(Buffer.from('one')), framed(Buffer.from('two'))]);
    const splitter = new MessageSplitter(1_000);
    splitter.push(piece);
    const messages = allOf(splitter);
    expect(messages.map(String)).to.deep.equal(['one', 'two']);
    for (const { buffer } of messages) expect(buffer).to.equal(piece.buffer);
  });

  it('keeps what it was not asked for', () => {
    const splitter = new MessageSplitter(1_000);
    splitter.push(framed(Buffer.from('one')));
    splitter.push(framed(Buffer.from('two')));
    expect(String(splitter.next())).to.equal('one');
    splitter.push(framed(Buffer.from('three')));
    expect(allOf(splitter).map(String)).to.deep.equal(['two', 'three']);
  });

  it('refuses a message that is too long before it is here', () => {
    const splitter = new MessageSplitter(100);
    splitter.push(framed(Buffer.alloc(101)).subarray(0, PREFIX_BYTES));
    expect(() => splitter.next()).to.throw(MalformedFrame, '101 bytes, of which at most 100');
    splitter.push(Buffer.alloc(200));
    expect(() => splitter.next()).to.throw(MalformedFrame);
  });

  it('refuses a compressed message', () => {
    const splitter = new MessageSplitter(100);
    splitter.push(Buffer.from([1, 0, 0, 0, 0]));
    expect(() => splitter.next()).to.throw(MalformedFrame, 'compressed');
  });
});
