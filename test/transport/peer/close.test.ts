import { expect } from 'chai';
import { systemClock } from '../../../src/runtime/index.js';
import { openPeerServer } from '../../../src/transport/peer/index.js';
import { eventually } from '../../support/eventually.js';
import { RawConnection } from '../http/support/raw-connection.js';
import { callOf, echo, HeldServe, memberAt, outcome, Stage } from './support/stage.js';

describe('closing the peer port', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('lets what is under way be replied to, and takes no more', async () => {
    const held = new HeldServe();
    const server = await stage.server({ serve: held.serve, limits: { closeTimeoutMs: 4_000 } });
    const links = stage.links();
    const peer = memberAt(server.port);
    const ended: string[] = [];
    const replies = ['one', 'two'].map(async (text) => {
      ended.push(await outcome(links.call(peer, callOf(text))));
    });
    await eventually('both to arrive', () => held.calls.length === 2);
    const closing = server.close();
    const late = outcome(links.call(peer, callOf('too late')));
    held.answer(1);
    await eventually('its reply', () => ended.includes('answered two'));
    held.answer(0);
    await closing;
    await Promise.all(replies);
    expect(ended).to.deep.equal(['answered two', 'answered one']);
    expect(await late).to.equal('in-doubt');
    expect(held.texts).to.deep.equal(['one', 'two']);
    await eventually('the peer to be out of reach', () => links.problemWith('b')?.includes('ECONNREFUSED') === true);
    expect(links.book.with('broke').join()).to.include('the node stops');
  });

  it('waits no longer than it may', async () => {
    const held = new HeldServe();
    const server = await stage.server({ serve: held.serve, limits: { closeTimeoutMs: 100 } });
    const links = stage.links();
    const reply = outcome(links.call(memberAt(server.port), callOf('never')));
    await eventually('it to arrive', () => held.calls.length === 1);
    const fromMs = systemClock.monotonic();
    await server.close();
    expect(systemClock.monotonic() - fromMs).to.be.within(80, 2_000);
    expect(await reply).to.equal('in-doubt');
  });

  it('is over at once when nothing is under way, whoever is connected', async () => {
    const server = await stage.server({ limits: { closeTimeoutMs: 60_000 } });
    const links = stage.links();
    await links.call(memberAt(server.port), callOf('done'));
    const silent = await RawConnection.open(server.port);
    await server.close();
    await server.close();
    await silent.closes();
  });

  it('frees the port for another', async () => {
    const server = await stage.server();
    const taken = openPeerServer({
      host: '127.0.0.1',
      port: server.port,
      identity: { nodeId: 'c', bootId: 'c' },
      cluster: 'test',
      serve: echo,
      clock: systemClock,
      limits: {
        callsPerPeerMax: 1,
        bytesPerPeerMax: 1,
        peerBatchCallsMax: 1,
        peerConnectTimeoutMs: 1,
        peerSilenceMs: 1,
        closeTimeoutMs: 1,
      },
      credentials: { tls: undefined },
      log: () => undefined,
    });
    const problem: unknown = await taken.catch((error: unknown) => error);
    expect(problem)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.includes(`127.0.0.1:${String(server.port)}`);
    await server.close();
    await stage.server({ port: server.port });
  });
});

describe('closing the links to peers', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('fails what is under way and whatever comes later', async () => {
    const held = new HeldServe();
    const { port } = await stage.server({ serve: held.serve });
    const links = stage.links();
    const written = outcome(links.call(memberAt(port), callOf('written')));
    await eventually('it to arrive', () => held.calls.length === 1);
    const unsent = outcome(links.call(memberAt(port), callOf('unsent')));
    await links.close();
    await links.close();
    expect([await written, await unsent]).to.deep.equal(['in-doubt', 'unsent']);
    expect(await outcome(links.call(memberAt(port), callOf('later')))).to.equal('unsent');
    expect(held.texts).to.deep.equal(['written']);
  });

  it('ends attempts and pauses too', async () => {
    const { port } = await stage.server({ bootId: 'other' });
    const links = stage.links({ limits: { peerReconnectMaxMs: 60_000 } });
    await outcome(links.call(memberAt(port), callOf('')));
    const attempt = outcome(links.call(memberAt(port, 'c'), callOf('')));
    await links.close();
    expect(await attempt).to.equal('unsent');
  });
});
