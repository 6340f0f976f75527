import { expect } from 'chai';
import type { Member } from '../../../src/cluster/member.js';
import { LeasesUnavailable, PeerUnreachable, type PeerCall } from '../../../src/cluster/ports.js';
import { HostClock } from '../kernel/host-clock.js';
import { Host } from '../kernel/host.js';
import { Kernel } from '../kernel/kernel.js';
import { prng } from '../../support/prng.js';
import { Calls } from './calls.js';
import { CALM, Network } from './network.js';
import { SimulatedBus } from './simulated-bus.js';
import { SimulatedLeases } from './simulated-leases.js';
import { SimulatedPeers } from './simulated-peers.js';

function stage() {
  const kernel = new Kernel();
  const network = new Network(kernel, prng(1));
  const calls = new Calls(kernel, network);
  const started = (id: string): Host => {
    const host = new Host(id);
    host.start();
    return host;
  };
  const processOn = (nodeId: string, offsetMs: number) => {
    const host = started(nodeId);
    const clock = new HostClock(kernel, host, { offsetMs, rate: 1 }, prng(2));
    return { host, clock, identity: { nodeId, bootId: `${nodeId} boot` } };
  };
  const outcome = async (work: Promise<unknown>, withinMs = 10_000): Promise<unknown> => {
    let said: unknown = 'nothing';
    work.then(
      (value) => (said = value),
      (error: unknown) => (said = error instanceof PeerUnreachable ? error.kind : error),
    );
    await kernel.run(kernel.nowMs + withinMs, () => said !== 'nothing');
    return said;
  };
  return { kernel, network, calls, started, processOn, outcome };
}

function member(nodeId: string, given: Partial<Member> = {}): Member {
  const addresses = { peerAddress: '', grpcAddress: '', httpAddress: '' };
  return { nodeId, bootId: `${nodeId} boot`, zone: '', weight: 1, state: 'serving', ...addresses, ...given };
}

describe('simulated peers', () => {
  const answered = { kind: 'answered', response: Uint8Array.of(1) } as const;

  function peers() {
    const { calls, processOn, ...rest } = stage();
    const simulated = new SimulatedPeers(calls, { callsPerPeerMax: 2 });
    const [a, b] = [processOn('a', 0), processOn('b', 60_000)];
    const served: PeerCall[] = [];
    let serve: () => Promise<typeof answered> = () => Promise.resolve(answered);
    const { address } = simulated.listen(b, (call, from) => {
      expect(from).to.deep.equal(a.identity);
      served.push(call);
      return serve();
    });
    const links = simulated.linksFor(a);
    const peer = member('b', { peerAddress: address });
    const call = (to = peer, timeoutMs = 3_000) =>
      links.call(to, {
        method: 1,
        entityId: 's1',
        request: Uint8Array.of(7),
        deadlineMs: a.clock.now() + timeoutMs,
      });
    return { ...rest, a, b, links, peer, call, served, serveBy: (by: typeof serve) => (serve = by) };
  }

  it('carry calls with what is left of their time on the clock of whoever reads it', async () => {
    const { b, links, call, served, outcome } = peers();
    expect(await outcome(call())).to.deep.equal(answered);
    expect(served[0]?.request).to.deep.equal(Uint8Array.of(7));
    expect((served[0]?.deadlineMs ?? 0) - b.clock.now()).to.be.within(2_900, 3_000);
    expect(links.problemWith('b')).to.equal(undefined);
  });

  it('hang up on who dials another boot, and say what was wrong', async () => {
    const { links, peer, call, served, outcome } = peers();
    expect(await outcome(call({ ...peer, bootId: 'an earlier boot' }))).to.equal('unsent');
    expect(served).to.deep.equal([]);
    expect(links.problemWith('b')).to.be.a('string');
  });

  it('say how a call ended: too many, too late, broken off', async () => {
    const { links, call, peer, outcome, serveBy } = peers();
    serveBy(() => new Promise(() => undefined));
    expect(await outcome(call(peer, 0))).to.equal('late');
    const underWay = [call(), call()].map((each) => each.catch((error: unknown) => error));
    expect(await outcome(call())).to.equal('full');
    links.keepOnly([peer]);
    expect(await outcome(Promise.race(underWay), 10)).to.equal('nothing');
    links.keepOnly([]);
    for (const each of underWay) expect(await each).to.have.property('kind', 'in-doubt');
    await links.close();
    expect(await outcome(call())).to.equal('unsent');
  });
});

describe('simulated leases', () => {
  it('are renewed over the network, and nobody knows what an unanswered renewal did', async () => {
    const { network, calls, kernel, started, outcome } = stage();
    const [store, node] = [started('redis'), started('node')];
    const renewed: string[] = [];
    let changed: (() => void) | undefined;
    const inner = {
      renew: (who: Member) => {
        renewed.push(who.nodeId);
        const view = { generation: 'g', version: 1, members: [who] };
        return Promise.resolve({ kind: 'held', view, wasMissing: false } as const);
      },
      release: () => Promise.resolve(),
      onChange: (tell: () => void) => {
        changed = tell;
        return () => (changed = undefined);
      },
    };
    const leases = new SimulatedLeases(store, inner, calls, network, { commandTimeoutMs: 100 }).leasesFor(node);
    expect(await outcome(leases.renew(member('a')))).to.include({ kind: 'held', wasMissing: false });
    expect(await outcome(leases.release('a', 'boot').then(() => 'released'))).to.equal('released');

    const mend = network.cut(store, node);
    expect(await outcome(leases.renew(member('a')))).to.be.instanceOf(LeasesUnavailable);
    expect(renewed).to.deep.equal(['a', 'a']);
    mend();

    let heard = 0;
    const forget = leases.onChange(() => (heard += 1));
    changed?.();
    await kernel.run(kernel.nowMs + 10);
    expect(heard).to.equal(1);
    changed?.();
    forget();
    await kernel.run(kernel.nowMs + 10);
    expect([heard, changed]).to.deep.equal([1, undefined]);
  });
});

describe('the simulated bus', () => {
  function bus() {
    const { kernel, network, started } = stage();
    const [broker, a, b] = [started('broker'), started('a'), started('b')];
    const outdated: string[] = [];
    const codec = {
      encode: ({ text }: { text: string }) => new TextEncoder().encode(text),
      decode: (bytes: Uint8Array) => ({ text: new TextDecoder().decode(bytes) }),
      invalidates: (topic: string, { text }: { text: string }) => [`${topic} ${text}`],
    };
    const simulated = new SimulatedBus(kernel, broker, network, codec, (keys) => outdated.push(...keys));
    const heard: string[] = [];
    const leave = simulated.busFor(b).subscribe(
      'topic',
      ({ text }) => heard.push(text),
      () => heard.push('(listening)'),
    );
    const publish = (text: string) => {
      simulated.busFor(a).publish('topic', { text });
    };
    const pass = (ms = 1_000) => kernel.run(kernel.nowMs + ms);
    return { network, broker, a, b, heard, outdated, leave, publish, pass };
  }

  it('tells subscribers once they are heard of, and not what was published before', async () => {
    const { heard, leave, publish, pass } = bus();
    publish('before');
    await pass();
    publish('after');
    await pass();
    leave();
    publish('too late');
    await pass();
    expect(heard.filter((text) => text !== 'before')).to.deep.equal(['(listening)', 'after']);
  });

  it('loses what a cut swallows, repeats what the weather repeats', async () => {
    const { network, broker, b, heard, publish, pass } = bus();
    await pass();
    const mend = network.cut(broker, b);
    publish('lost');
    await pass();
    mend();
    network.weather = { ...CALM, duplicateChance: 1 };
    publish('twice');
    await pass();
    expect(heard).to.deep.equal(['(listening)', 'twice', 'twice']);
  });

  it('is listened to again after the broker was away, and by nobody who died', async () => {
    const { broker, b, heard, publish, pass } = bus();
    await pass();
    broker.crash();
    publish('away');
    await pass();
    broker.start();
    await pass();
    publish('back');
    await pass();
    expect(heard).to.deep.equal(['(listening)', '(listening)', 'back']);
    b.crash();
    b.start();
    publish('to nobody');
    await pass();
    expect(heard).to.have.length(3);
  });
});
