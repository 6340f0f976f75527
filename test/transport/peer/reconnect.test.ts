import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import type { Member } from '../../../src/cluster/member.js';
import { systemClock } from '../../../src/runtime/index.js';
import { CuttableProxy } from '../../support/cuttable-proxy.js';
import { eventually } from '../../support/eventually.js';
import { manualClock } from '../../runtime/manual-clock.js';
import { callOf, HeldServe, memberAt, outcome, reasonOf, Stage } from './support/stage.js';

describe('a link that breaks', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  const proxyTo = async (port: number): Promise<CuttableProxy> => {
    const proxy = await CuttableProxy.open(`http://127.0.0.1:${String(port)}`);
    stage.onClose(() => proxy.close());
    return proxy;
  };

  it('leaves in doubt what was written', async () => {
    const held = new HeldServe();
    const { port, book } = await stage.server({ serve: held.serve });
    const proxy = await proxyTo(port);
    const links = stage.links();
    const replies = ['one', 'two'].map((text) => outcome(links.call(memberAt(proxy.port), callOf(text))));
    await eventually('both to arrive', () => held.calls.length === 2);
    proxy.cut();
    expect(await Promise.all(replies)).to.deep.equal(['in-doubt', 'in-doubt']);
    expect(links.book.with('the link to a peer broke')).to.have.length(1);
    await eventually('the server to notice', () => book.with('the link of a peer ended').length === 1);
    // Nobody is told twice, and the server does not stumble over a reply nobody takes.
    held.answerAll();
  });

  it('says of what was not written that it was not sent', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const proxy = await proxyTo(port);
    const links = stage.links();
    const written = outcome(links.call(memberAt(proxy.port), callOf('written')));
    await eventually('it to arrive', () => held.calls.length === 1);
    proxy.cut();
    // This tick's calls are written at its end, and by then the link is gone.
    const unsent = outcome(links.call(memberAt(proxy.port), callOf('unsent')));
    links.keepOnly([]);
    expect(await unsent).to.equal('unsent');
    expect(await written).to.equal('in-doubt');
    expect(held.texts).to.deep.equal(['written']);
  });

  it('is made again, and calls go through', async () => {
    const { port } = await stage.server();
    const proxy = await proxyTo(port);
    const links = stage.links();
    const peer = memberAt(proxy.port);
    expect(await outcome(links.call(peer, callOf('before')))).to.equal('answered before');
    proxy.cut();
    await eventually('the peer to be out of reach', () => links.problemWith('b') !== undefined);
    expect(await outcome(links.call(peer, callOf('meanwhile')))).to.equal('unsent');
    proxy.mend();
    await eventually('a link', () => links.problemWith('b') === undefined);
    expect(await outcome(links.call(peer, callOf('after')))).to.equal('answered after');
    expect(links.book.with('linked to a peer')).to.have.length(2);
  });

  it('is made again at once when it had lasted: calls wait for it', async () => {
    const { port, book } = await stage.server();
    const proxy = await proxyTo(port);
    const links = stage.links({ limits: { peerReconnectMaxMs: 50 } });
    const peer = memberAt(proxy.port);
    await links.call(peer, callOf('before'));
    const sinceMs = systemClock.monotonic();
    await eventually('it to have lasted', () => systemClock.monotonic() - sinceMs > 60);
    proxy.cut();
    proxy.mend();
    await eventually('the break to be noticed', () => links.book.with('broke').length === 1);
    expect(await outcome(links.call(peer, callOf('after')))).to.equal('answered after');
    expect(book.with('a peer linked')).to.have.length(2);
  });

  it('is noticed when nobody says so, in flight', async () => {
    const held = new HeldServe();
    const { port, book } = await stage.server({ serve: held.serve, limits: { peerSilenceMs: 200 } });
    const proxy = await proxyTo(port);
    const links = stage.links({ limits: { peerSilenceMs: 200 } });
    const reply = links.call(memberAt(proxy.port), callOf('lost'));
    await eventually('it to arrive', () => held.calls.length === 1);
    proxy.freeze();
    const frozenAtMs = systemClock.monotonic();
    expect(await reasonOf(reply)).to.match(/^in-doubt: .*nothing came from it for 200 ms/);
    expect(systemClock.monotonic() - frozenAtMs).to.be.within(100, 1_000);
    await eventually('the server to notice too', () => book.with('sent nothing for 200 ms').length === 1);
  });

  it('is noticed when it is idle, and a frozen peer is no obstacle once it is back', async () => {
    const { port } = await stage.server({ limits: { peerSilenceMs: 200 } });
    const proxy = await proxyTo(port);
    const links = stage.links({ limits: { peerSilenceMs: 200, peerConnectTimeoutMs: 100 } });
    const peer = memberAt(proxy.port);
    await links.call(peer, callOf('before'));
    proxy.freeze();
    await eventually('attempts to fail', () => links.problemWith('b') === 'no answer within 100 ms');
    expect(await outcome(links.call(peer, callOf('meanwhile')))).to.equal('unsent');
    proxy.mend();
    await eventually('a link', () => links.problemWith('b') === undefined);
    expect(await outcome(links.call(peer, callOf('after')))).to.equal('answered after');
  });

  it('stays whole long after it was made', async () => {
    const { port } = await stage.server({ limits: { peerConnectTimeoutMs: 50 } });
    const links = stage.links({ limits: { peerConnectTimeoutMs: 50 } });
    await links.call(memberAt(port), callOf('before'));
    const sinceMs = systemClock.monotonic();
    await eventually('it to be old', () => systemClock.monotonic() - sinceMs > 150);
    expect(await outcome(links.call(memberAt(port), callOf('after')))).to.equal('answered after');
    expect(links.book.lines).to.have.length(1);
  });

  it('stays whole while a long reply trickles in: that is a sign of life too', async () => {
    const response = Buffer.alloc(4_000_000);
    const { port } = await stage.server({
      serve: () => Promise.resolve({ kind: 'answered', response }),
      limits: { bytesPerPeerMax: 5_000_000 },
    });
    // Pings are answered behind the reply: what comes meanwhile comes from the reply.
    const relay = await listenerOf(stage, (client) => {
      const server = connect(port, '127.0.0.1');
      client.on('error', () => undefined).pipe(server.on('error', () => undefined));
      server.on('data', (piece: Buffer) => {
        server.pause();
        client.write(piece);
        setTimeout(() => server.resume(), piece.length / 4_000);
      });
      client.on('close', () => server.destroy());
    });
    const links = stage.links({ limits: { peerSilenceMs: 200, bytesPerPeerMax: 5_000_000 } });
    expect(await links.call(memberAt(relay), callOf(''))).to.deep.equal({ kind: 'answered', response });
    expect(links.book.with('broke')).to.deep.equal([]);
  });

  it('stays whole while the peer takes its time', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve, limits: { peerSilenceMs: 200 } });
    const links = stage.links({ limits: { peerSilenceMs: 200 } });
    const reply = links.call(memberAt(port), callOf('slow'));
    await eventually('it to arrive', () => held.calls.length === 1);
    const sinceMs = systemClock.monotonic();
    await eventually('three silences to pass', () => systemClock.monotonic() - sinceMs > 600);
    held.answerAll();
    expect(await outcome(reply)).to.equal('answered slow');
    expect(links.book.with('linked to a peer')).to.have.length(1);
  });
});

describe('a peer that is not there', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('fails calls unsent, says why, and is found when it comes', async () => {
    const port = await freePort();
    const links = stage.links();
    const peer = memberAt(port);
    expect(links.problemWith('b')).to.equal(undefined);
    expect(await reasonOf(links.call(peer, callOf('early')))).to.match(/^unsent: .*ECONNREFUSED/);
    expect(links.problemWith('b')).to.include('ECONNREFUSED');
    await stage.server({ port });
    await eventually('a link', () => links.problemWith('b') === undefined);
    expect(await outcome(links.call(peer, callOf('now')))).to.equal('answered now');
  });

  it('is called at growing intervals, up to the longest', async () => {
    const clock = manualClock();
    const attempts: number[] = [];
    const port = await listenerOf(stage, (socket) => {
      attempts.push(clock.now());
      socket.resetAndDestroy();
    });
    const links = stage.links({ clock, limits: { peerReconnectMaxMs: 400 } });
    expect(await outcome(links.call(memberAt(port), callOf('', {}, clock)))).to.equal('unsent');
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const fromMs = clock.now();
      while (attempts.length === attempt) await clock.pass(1);
      pauses.push(clock.now() - fromMs);
      await eventually('it to fail', () => clock.armed === 1);
    }
    // Chance is a half here: three quarters of 50, 100, 200, 400, 400, 400.
    expect(pauses.map((pause) => Math.floor(pause / 5) * 5)).to.deep.equal([35, 75, 150, 300, 300, 300]);
  });

  for (const address of ['', 'nonsense', 'host:0', 'host:99999', ':50151', 'a b:1']) {
    it(`fails calls when its address is ${JSON.stringify(address)}`, async () => {
      const links = stage.links();
      const peer: Member = { ...memberAt(1), peerAddress: address };
      expect(await outcome(links.call(peer, callOf('')))).to.equal('unsent');
      expect(links.problemWith('b')).to.include('is not an address');
      expect(links.book.with('is not an address')).to.have.length(1);
    });
  }

  it('is given up when it takes a connection and says nothing', async () => {
    const open = new Set<Socket>();
    let taken = 0;
    const port = await listenerOf(stage, (socket) => {
      taken += 1;
      open.add(socket.resume());
      socket.on('close', () => open.delete(socket));
    });
    const links = stage.links({ limits: { peerConnectTimeoutMs: 50 } });
    expect(await reasonOf(links.call(memberAt(port), callOf('')))).to.match(/^unsent: .*no answer within 50 ms/);
    // Attempts that were given up leave no connection behind.
    await eventually('more attempts', () => taken >= 5);
    expect(open.size).to.be.at.most(2);
    // Said once, and not at every attempt.
    expect(links.book.with('cannot reach a peer')).to.have.length(1);
  });
});

describe('a peer that was started anew', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('gets a link of its own at once, at the same address', async () => {
    const old = await stage.server({ bootId: 'old' });
    const links = stage.links({ limits: { peerReconnectMaxMs: 60_000 } });
    await links.call(memberAt(old.port, 'b', 'old'), callOf('old'));
    await old.close();
    await eventually('it to be out of reach', () => links.problemWith('b') !== undefined);
    await stage.server({ bootId: 'new', port: old.port });
    expect(await outcome(links.call(memberAt(old.port, 'b', 'new'), callOf('new')))).to.equal('answered new');
  });

  it('gets a link of its own at once, at another address', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const proxy = await CuttableProxy.open(`http://127.0.0.1:${String(port)}`);
    stage.onClose(() => proxy.close());
    const links = stage.links();
    const before = outcome(links.call(memberAt(port), callOf('before')));
    await eventually('it to arrive', () => held.calls.length === 1);
    const after = outcome(links.call(memberAt(proxy.port), callOf('after')));
    expect(await before).to.equal('in-doubt');
    await eventually('it to arrive', () => held.calls.length === 2);
    held.answerAll();
    expect(await after).to.equal('answered after');
  });
});

describe('links to whoever is no member any more', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('are closed, and the others are not', async () => {
    const held = new HeldServe();
    const gone = await stage.server({ nodeId: 'b', serve: held.serve });
    const kept = await stage.server({ nodeId: 'c', serve: held.serve });
    const links = stage.links();
    const replies = [
      outcome(links.call(memberAt(gone.port, 'b'), callOf('b'))),
      outcome(links.call(memberAt(kept.port, 'c'), callOf('c'))),
    ];
    await eventually('both to arrive', () => held.calls.length === 2);
    links.keepOnly([memberAt(kept.port, 'c'), memberAt(1, 'd')]);
    await eventually('the server to see it', () => gone.book.with('ended').length === 1);
    held.answerAll();
    expect(await Promise.all(replies)).to.deep.equal(['in-doubt', 'answered c']);
    expect(kept.book.with('ended')).to.deep.equal([]);
  });

  it('are not tried any more', async () => {
    const links = stage.links();
    const peer = memberAt(await freePort());
    await outcome(links.call(peer, callOf('')));
    links.keepOnly([]);
    expect(links.problemWith('b')).to.equal(undefined);
    const { book } = await stage.server({ port: Number(peer.peerAddress.split(':')[1]) });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(book.lines).to.deep.equal([]);
  });
});

/** A port where something else listens. */
async function listenerOf(stage: Stage, take: (socket: Socket) => void): Promise<number> {
  const server = createServer(take);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stage.onClose(async () => {
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return address.port;
}

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const stage = new Stage();
  const port = await listenerOf(stage, () => undefined);
  await stage.close();
  return port;
}
