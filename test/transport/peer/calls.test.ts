import { expect } from 'chai';
import type { PeerCall, PeerIdentity, PeerReply } from '../../../src/cluster/ports.js';
import { systemClock, type Clock } from '../../../src/runtime/index.js';
import { eventually } from '../../support/eventually.js';
import { callOf, HeldServe, memberAt, outcome, Stage, textOf } from './support/stage.js';

describe('calls to a peer', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('get the reply of whoever serves them, whatever it is', async () => {
    const replies: Readonly<Record<string, PeerReply>> = {
      yes: { kind: 'answered', response: Buffer.from('response') },
      nothing: { kind: 'answered', response: Buffer.alloc(0) },
      no: { kind: 'failed', failure: Buffer.from('failure') },
      elsewhere: { kind: 'not-owner', ownerNodeId: 'c' },
      nowhere: { kind: 'not-owner', ownerNodeId: undefined },
    };
    const unknown: PeerReply = { kind: 'not-owner', ownerNodeId: 'nobody' };
    const { port } = await stage.server({
      serve: (call) => Promise.resolve(replies[Buffer.from(call.request).toString()] ?? unknown),
    });
    const links = stage.links();
    for (const [request, reply] of Object.entries(replies)) {
      expect(await links.call(memberAt(port), callOf(request)), request).to.deep.equal(reply);
    }
  });

  it('arrive as they were made, and say from whom', async () => {
    const seen: (PeerCall & { from: PeerIdentity })[] = [];
    const { port } = await stage.server({
      serve: (call, from) => {
        seen.push({ ...call, from });
        return Promise.resolve({ kind: 'answered', response: call.request });
      },
    });
    const links = stage.links({ nodeId: 'a', bootId: 'a-7' });
    // A method no program knows is for whoever serves, as is text in any script.
    const call = callOf('', { method: 4_711, entityId: 'кинозал 7', request: Buffer.from([0, 255, 10]) });
    const reply = await links.call(memberAt(port), call);
    expect(reply).to.deep.equal({ kind: 'answered', response: call.request });
    expect(seen).to.have.length(1);
    expect(seen[0]).to.deep.include({ method: 4_711, entityId: 'кинозал 7', request: call.request });
    expect(seen[0]?.from).to.deep.equal({ nodeId: 'a', bootId: 'a-7' });
  });

  it('arrive in the order they were made, also across frames and while the link is being made', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const links = stage.links({ limits: { peerBatchCallsMax: 7 } });
    const texts = Array.from({ length: 500 }, (_, index) => `call ${index}`);
    const replies = texts.map((text) => links.call(memberAt(port), callOf(text)));
    await eventually('all to arrive', () => held.calls.length === texts.length);
    expect(held.texts).to.deep.equal(texts);
    held.answerAll();
    expect((await Promise.all(replies)).map(textOf)).to.deep.equal(texts);
  });

  it('are replied to as they complete', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const links = stage.links();
    const ended: string[] = [];
    const replies = ['one', 'two', 'three'].map((text) =>
      links.call(memberAt(port), callOf(text)).then((reply) => ended.push(textOf(reply))),
    );
    await eventually('all to arrive', () => held.calls.length === 3);
    for (const index of [2, 0, 1]) {
      held.answer(index);
      await eventually('its reply', () => ended.includes(held.texts[index] ?? ''));
    }
    expect(ended).to.deep.equal(['three', 'one', 'two']);
    await Promise.all(replies);
  });

  it('of one moment go in one frame, and so do their replies', async () => {
    // Frames show in how often either side asks for the end of its tick.
    const ticks = { caller: 0, server: 0 };
    const counting = (side: keyof typeof ticks): Clock => ({
      ...systemClock,
      soon: (run) => {
        ticks[side] += 1;
        systemClock.soon(run);
      },
    });
    const { port } = await stage.server({ clock: counting('server') });
    const links = stage.links({ clock: counting('caller') });
    await links.call(memberAt(port), callOf('the link is there'));
    ticks.caller = ticks.server = 0;
    await Promise.all(Array.from({ length: 50 }, (_, index) => links.call(memberAt(port), callOf(`call ${index}`))));
    expect(ticks).to.deep.equal({ caller: 1, server: 1 });
  });

  it('may be larger than a frame and than what HTTP/2 lets through at once', async () => {
    const limits = { bytesPerPeerMax: 20_000_000 };
    const { port } = await stage.server({ limits });
    const links = stage.links({ limits });
    const requests = Array.from({ length: 4 }, (_, index) => Buffer.alloc(4_000_000, index));
    const replies = await Promise.all(requests.map((request) => links.call(memberAt(port), callOf('', { request }))));
    for (const [index, reply] of replies.entries()) {
      expect(reply.kind === 'answered' && requests[index]?.equals(reply.response), `call ${index}`).to.equal(true);
    }
  });

  it('go to each peer over a link of its own', async () => {
    const [first, second] = [await stage.server({ nodeId: 'b' }), await stage.server({ nodeId: 'c' })];
    const links = stage.links();
    await Promise.all([
      links.call(memberAt(first.port, 'b'), callOf('to b')),
      links.call(memberAt(second.port, 'c'), callOf('to c')),
      links.call(memberAt(first.port, 'b'), callOf('to b again')),
    ]);
    expect(first.book.with('a peer linked')).to.have.length(1);
    expect(second.book.with('a peer linked')).to.have.length(1);
  });

  it('are answered INTERNAL when whoever serves them fails, and only they are', async () => {
    const { port, book } = await stage.server({
      serve: (call) =>
        Buffer.from(call.request).toString() === 'bad'
          ? Promise.reject(new Error('a bug'))
          : Promise.resolve({ kind: 'answered', response: call.request }),
    });
    const links = stage.links();
    const replies = ['good', 'bad', 'fine'].map((text) => links.call(memberAt(port), callOf(text)));
    const [good, bad, fine] = await Promise.all(replies);
    expect(good).to.have.property('kind', 'answered');
    expect(fine).to.have.property('kind', 'answered');
    expect(bad?.kind === 'failed' && Buffer.from(bad.failure).toString()).to.include('INTERNAL');
    expect(book.with('unexpected')).to.have.length(1);
  });

  it('have a deadline that does not depend on whose clock is right', async () => {
    const hourLate: Clock = { ...systemClock, now: () => systemClock.now() - 3_600_000 };
    let leftMs = 0;
    const { port } = await stage.server({
      clock: hourLate,
      serve: (call) => {
        leftMs = call.deadlineMs - hourLate.now();
        return Promise.resolve({ kind: 'answered', response: call.request });
      },
    });
    const links = stage.links();
    await links.call(memberAt(port), callOf('', { deadlineMs: systemClock.now() + 5_000 }));
    expect(leftMs).to.be.within(3_000, 5_001);
  });

  it('end late when the deadline passes, and a reply after that is nobody’s', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const links = stage.links();
    const soon = (text: string): PeerCall => callOf(text, { deadlineMs: systemClock.now() + 200 });
    expect(await outcome(links.call(memberAt(port), soon('slow')))).to.equal('late');
    held.answerAll();
    const next = links.call(memberAt(port), callOf('next'));
    await eventually('the next call', () => held.calls.length === 2);
    held.answer(1);
    expect(await outcome(next)).to.equal('answered next');
  });

  it('whose deadline has passed already are not sent', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const links = stage.links();
    const passed = links.call(memberAt(port), callOf('passed', { deadlineMs: systemClock.now() - 1 }));
    const next = links.call(memberAt(port), callOf('next'));
    expect(await outcome(passed)).to.equal('late');
    await eventually('the next call', () => held.calls.length === 1);
    held.answerAll();
    expect(await outcome(next)).to.equal('answered next');
  });
});
