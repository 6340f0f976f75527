import { expect } from 'chai';
import type { PeerReply } from '../../../src/cluster/ports.js';
import { systemClock } from '../../../src/runtime/index.js';
import { CuttableProxy } from '../../support/cuttable-proxy.js';
import { eventually } from '../../support/eventually.js';
import { callOf, echo, HeldServe, memberAt, outcome, reasonOf, Stage } from './support/stage.js';

describe('a link that is full', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('refuses more calls than may be under way, and takes others once some are answered', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const links = stage.links({ limits: { callsPerPeerMax: 3 } });
    const taken = ['one', 'two', 'three'].map((text) => links.call(memberAt(port), callOf(text)));
    expect(await reasonOf(links.call(memberAt(port), callOf('four')))).to.match(/^full: 3 calls to b at 127/);
    await eventually('three calls', () => held.calls.length === 3);
    held.answer(1);
    expect(await taken[1]).to.have.property('kind', 'answered');
    const fifth = links.call(memberAt(port), callOf('five'));
    await eventually('the fifth', () => held.texts.includes('five'));
    held.answerAll();
    expect(await outcome(fifth)).to.equal('answered five');
  });

  it('refuses more bytes than may be under way', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const links = stage.links({ limits: { bytesPerPeerMax: 1_000 } });
    const request = Buffer.alloc(400);
    const taken = [1, 2].map(() => links.call(memberAt(port), callOf('', { request })));
    expect(await reasonOf(links.call(memberAt(port), callOf('', { request })))).to.match(/^full: 8\d\d bytes/);
    await eventually('two calls', () => held.calls.length === 2);
    held.answerAll();
    await Promise.all(taken);
    const next = links.call(memberAt(port), callOf('', { request }));
    await eventually('the next', () => held.calls.length === 3);
    held.answerAll();
    expect(await next).to.have.property('kind', 'answered');
  });

  it('counts a late call until its reply comes: the peer is still at it', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({
      serve: (call, from) => (held.calls.length === 0 ? held.serve(call, from) : echo(call, from)),
    });
    const links = stage.links({ limits: { callsPerPeerMax: 1 } });
    const late = links.call(memberAt(port), callOf('late', { deadlineMs: systemClock.now() + 100 }));
    expect(await outcome(late)).to.equal('late');
    expect(await outcome(links.call(memberAt(port), callOf('no room')))).to.equal('full');
    held.answerAll();
    await eventually(
      'room again',
      async () => (await outcome(links.call(memberAt(port), callOf('room')))) === 'answered room',
    );
  });
});

describe('a peer that does not keep up', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('is sent nothing more until it reads again', async function () {
    this.timeout(20_000);
    const limits = { bytesPerPeerMax: 60_000_000, callsPerPeerMax: 10_000, peerSilenceMs: 60_000 };
    const arrived: { readonly entityId: string; readonly leftMs: number }[] = [];
    const { port } = await stage.server({
      limits,
      serve: ({ entityId, deadlineMs }) => {
        arrived.push({ entityId, leftMs: deadlineMs - systemClock.now() });
        return Promise.resolve({ kind: 'answered', response: Buffer.alloc(0) });
      },
    });
    const proxy = await CuttableProxy.open(`http://127.0.0.1:${String(port)}`);
    stage.onClose(() => proxy.close());
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const links = stage.links({ limits, clock });
    const peer = memberAt(proxy.port);
    await links.call(peer, callOf('first'));
    proxy.freeze();
    const request = Buffer.alloc(50_000);
    const names = Array.from({ length: 1_000 }, (_, index) => `call ${index}`);
    const replies = names.map((entityId) => links.call(peer, callOf('', { request, entityId })));
    for (let turns = 0; turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    // The time that is left is taken when a frame is written: what arrives with less was not written before.
    aheadMs = 5_000;
    proxy.mend();
    expect((await Promise.all(replies)).every(({ kind }) => kind === 'answered')).to.equal(true);
    expect(arrived.slice(1).map(({ entityId }) => entityId)).to.deep.equal(names);
    const writtenAfter = arrived.slice(1).filter(({ leftMs }) => leftMs <= 5_000);
    expect(writtenAfter).to.have.length.greaterThan(700);
  });

  it('is not read from while it does not read its replies', async function () {
    this.timeout(20_000);
    const response = Buffer.alloc(100_000);
    let served = 0;
    const { port } = await stage.server({
      serve: () => {
        served += 1;
        return Promise.resolve<PeerReply>({ kind: 'answered', response });
      },
      limits: { peerSilenceMs: 60_000 },
    });
    const proxy = await CuttableProxy.open(`http://127.0.0.1:${String(port)}`);
    stage.onClose(() => proxy.close());
    const links = stage.links({ limits: { peerSilenceMs: 60_000 } });
    const peer = memberAt(proxy.port);
    await links.call(peer, callOf('first'));
    proxy.freezeReplies();
    const replies: Promise<PeerReply>[] = [];
    const callSome = (): void => {
      for (let calls = 0; calls < 300; calls += 1) replies.push(links.call(peer, callOf('more')));
    };
    // More replies than the connection takes.
    callSome();
    await eventually('them to be served', () => served === 301);
    callSome();
    const sinceMs = systemClock.monotonic();
    await eventually('the rest to have come near', () => systemClock.monotonic() - sinceMs > 200);
    expect(served).to.equal(301);
    proxy.mend();
    expect((await Promise.all(replies)).every(({ kind }) => kind === 'answered')).to.equal(true);
    expect(served).to.equal(601);
  });

  it('has no more unanswered calls at the server than the server allows', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve, limits: { callsPerPeerMax: 20 } });
    const links = stage.links({ limits: { peerBatchCallsMax: 10 } });
    const replies = Array.from({ length: 100 }, (_, index) => links.call(memberAt(port), callOf(`call ${index}`)));
    for (let answered = 0; answered < 100; answered += 10) {
      await eventually('the next calls', () => held.calls.length >= Math.min(100, answered + 20));
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(held.calls.length).to.be.at.most(answered + 20);
      for (let index = answered; index < answered + 10; index += 1) held.answer(index);
    }
    await Promise.all(replies);
  });
});
