import { expect } from 'chai';
import { MembershipClosed, NodeIdTaken, openMembership } from '../../src/cluster/index.js';
import { manualClock } from '../runtime/manual-clock.js';
import { member } from './members.js';
import { ScriptedLeases } from './scripted-leases.js';

const limits = {
  leaseTtlMs: 1_500,
  leaseRenewMs: 300,
  leaseLossGraceMs: 5_000,
  pointsPerWeight: 64,
  placementCacheMax: 100,
};

function stage(fraction = 0) {
  const clock = manualClock();
  const leases = new ScriptedLeases();
  const told: string[] = [];
  const membership = openMembership({
    leases,
    clock,
    randomness: { fraction: () => fraction },
    self: member('node-1'),
    limits,
    log: (level, sentence) => void told.push(`${level}: ${sentence}`),
  });
  return { clock, leases, told, membership };
}

async function joined() {
  const staged = stage();
  staged.leases.set(member('node-2'), member('node-3'));
  await staged.membership.start();
  staged.told.length = 0;
  return staged;
}

const idsOf = (view: { readonly members: readonly { readonly nodeId: string }[] } | undefined) =>
  view?.members.map(({ nodeId }) => nodeId);

/** What became of the promise so far. */
function fate(promise: Promise<unknown>): { of: unknown; error?: unknown } {
  const known: { of: unknown; error?: unknown } = { of: 'open' };
  promise.then(
    (value) => (known.of = value ?? 'done'),
    (error: unknown) => {
      known.of = 'failed';
      known.error = error;
    },
  );
  return known;
}

describe('membership', () => {
  it('does nothing before it is started', async () => {
    const { clock, leases, membership } = stage();
    await clock.pass(10_000);
    expect(leases.renewals).to.deep.equal([]);
    expect(membership.view()).to.be.undefined;
    expect(membership.placement().ownerOf('screening-1')).to.be.undefined;
    expect(membership.isCutOff()).to.be.true;
    expect(membership.report()).to.deep.equal({ ok: false, detail: 'this node has no lease yet' });
  });

  it('starts with the first lease, and says who is there', async () => {
    const { leases, told, membership } = stage();
    leases.set(member('node-2', { weight: 2 }));
    await membership.start();
    expect(idsOf(membership.view())).to.deep.equal(['node-1', 'node-2']);
    expect(membership.isCutOff()).to.be.false;
    expect(membership.report()).to.deep.equal({ ok: true });
    expect(told).to.deep.equal([
      'info: node-1, this node, joined the cluster',
      'info: node-2 joined: boot boot-of-node-2 at node-2:50151, weight 2, serving',
    ]);
    membership.stop();
  });

  it('waits to start for as long as the store is away', async () => {
    const { clock, leases, told, membership } = stage();
    leases.away = 'connection refused';
    const start = fate(membership.start());
    await clock.pass(600_000);
    expect(start.of).to.equal('open');
    expect(told).to.deep.equal([
      'warn: the store of leases is away (connection refused): the last view holds and nobody is declared dead',
    ]);
    leases.away = undefined;
    await clock.pass(300);
    expect(start.of).to.equal('done');
    membership.stop();
  });

  it('renews as often as configured, or up to a tenth more often, as chance has it', async () => {
    for (const [fraction, pauseMs] of [
      [0, 300],
      [0.5, 285],
      [0.9, 273],
    ] as const) {
      const { clock, leases, membership } = stage(fraction);
      await membership.start();
      await clock.pass(pauseMs * 10 - 1);
      expect(leases.renewals).to.have.length(10);
      await clock.pass(1);
      expect(leases.renewals).to.have.length(11);
      membership.stop();
    }
  });

  it('tells and shows who comes and goes', async () => {
    const { clock, leases, told, membership } = await joined();
    const views: (string[] | undefined)[] = [];
    membership.onChange(() => views.push(idsOf(membership.view())));
    leases.set(member('node-1'), member('node-2'), member('node-3'), member('node-4'));
    await clock.pass(300);
    leases.set(member('node-1'), member('node-2', { state: 'draining' }), member('node-4'));
    await clock.pass(300);
    leases.set(member('node-1'), member('node-4', { weight: 3, state: 'unfit' }));
    await clock.pass(300);
    leases.set(member('node-1'), member('node-4', { bootId: 'second', weight: 3 }));
    await clock.pass(3_000);
    expect(told).to.deep.equal([
      'info: node-4 joined: boot boot-of-node-4 at node-4:50151, weight 1, serving',
      'warn: node-3 died: its lease ran out',
      'info: node-2 is draining',
      'info: node-2 left, drained',
      'warn: node-4 is unfit',
      'info: node-4 has weight 3',
      'warn: node-4 was started again: boot second at node-4:50151, serving',
    ]);
    expect(views).to.deep.equal([
      ['node-1', 'node-2', 'node-3', 'node-4'],
      ['node-1', 'node-2', 'node-4'],
      ['node-1', 'node-4'],
      ['node-1', 'node-4'],
    ]);
    membership.stop();
  });

  it('keeps a placement with its view', async () => {
    const { clock, leases, membership } = await joined();
    const placement = membership.placement();
    await clock.pass(3_000);
    expect(membership.placement()).to.equal(placement);
    expect([...placement.shares().keys()]).to.deep.equal(['node-1', 'node-2', 'node-3']);
    leases.set(member('node-1'), member('node-2'));
    await clock.pass(300);
    expect([...membership.placement().shares().keys()]).to.deep.equal(['node-1', 'node-2']);
    membership.stop();
  });

  it('does not tell a listener that has left', async () => {
    const { clock, leases, membership } = await joined();
    let calls = 0;
    const forget = membership.onChange(() => (calls += 1));
    forget();
    leases.set(member('node-1'));
    await clock.pass(300);
    expect(calls).to.equal(0);
    membership.stop();
  });
});

describe('a membership that is hinted at a change', () => {
  it('looks at once', async () => {
    const { clock, leases, membership } = await joined();
    await clock.pass(100);
    leases.set(member('node-1'), member('node-2'));
    leases.hint();
    await clock.pass(0);
    expect(idsOf(membership.view())).to.deep.equal(['node-1', 'node-2']);
    membership.stop();
  });

  it('looks once for many hints, and no more often than every tenth of the pause', async () => {
    const { clock, leases, membership } = await joined();
    await clock.pass(100);
    const before = leases.renewals.length;
    for (let passed = 0; passed < 120; passed += 1) {
      for (let hint = 0; hint < 10; hint += 1) leases.hint();
      await clock.pass(1);
    }
    expect(leases.renewals.length - before).to.be.within(3, 5);
    membership.stop();
  });

  it('looks again after a renewal that was under way, and never has two under way', async () => {
    const { clock, leases, membership } = await joined();
    const open = leases.hold();
    await clock.pass(300);
    expect(leases.renewals).to.have.length(2);
    leases.hint();
    await clock.pass(1_000);
    expect(leases.renewals).to.have.length(2);
    open();
    await clock.pass(0);
    expect(leases.renewals).to.have.length(3);
    expect(leases.mostAtOnce).to.equal(1);
    membership.stop();
  });
});

describe("a node's own record", () => {
  it('is changed and renewed at once', async () => {
    const { clock, leases, told, membership } = await joined();
    let changes = 0;
    membership.onChange(() => (changes += 1));
    const stored = fate(membership.setSelf({ state: 'draining', weight: 4 }));
    expect(membership.self()).to.include({ state: 'draining', weight: 4 });
    expect(changes).to.equal(1);
    leases.hint();
    await clock.pass(0);
    expect(stored.of, 'a hint puts nothing off').to.equal(true);
    expect(leases.renewals.at(-1)).to.equal(membership.self());
    expect(membership.view()?.members[0]).to.deep.equal(membership.self());
    expect(told).to.deep.equal(['info: node-1, this node, is draining with weight 4']);
    membership.stop();
  });

  it('that is asked to be as it is costs nothing', async () => {
    const { clock, leases, told, membership } = await joined();
    let changes = 0;
    membership.onChange(() => (changes += 1));
    expect(await membership.setSelf({ state: 'serving', weight: 1 })).to.be.true;
    await clock.pass(0);
    expect([changes, told.length, leases.renewals.length]).to.deep.equal([0, 0, 1]);
    membership.stop();
  });

  it('that changes while a renewal is under way is stored by the next, and only then is it said to be', async () => {
    const { clock, leases, membership } = await joined();
    const open = leases.hold();
    await clock.pass(300);
    const first = fate(membership.setSelf({ weight: 2 }));
    const second = fate(membership.setSelf({ weight: 3 }));
    const third = fate(membership.setSelf({ weight: 3 }));
    await clock.pass(200);
    expect([first.of, second.of, third.of]).to.deep.equal(['open', 'open', 'open']);
    open();
    const openNext = leases.hold();
    await clock.pass(0);
    expect(leases.renewals).to.have.length(3);
    expect([first.of, second.of, third.of]).to.deep.equal(['open', 'open', 'open']);
    openNext();
    await clock.pass(0);
    expect([first.of, second.of, third.of]).to.deep.equal([true, true, true]);
    expect(leases.renewals.map(({ weight }) => weight)).to.deep.equal([1, 1, 3]);
    membership.stop();
  });

  it('that the store cannot be told is told later', async () => {
    const { clock, leases, membership } = await joined();
    leases.away = 'connection refused';
    const stored = fate(membership.setSelf({ state: 'draining' }));
    await clock.pass(0);
    expect(stored.of).to.equal(false);
    leases.away = undefined;
    await clock.pass(300);
    expect(membership.view()?.members[0]?.state).to.equal('draining');
    expect(await membership.setSelf({ state: 'draining' })).to.be.true;
    membership.stop();
  });

  it('changed before the start is the one it starts with', async () => {
    const { leases, membership } = stage();
    expect(await membership.setSelf({ weight: 9 })).to.be.false;
    await membership.start();
    expect(leases.renewals.map(({ weight }) => weight)).to.deep.equal([9]);
    membership.stop();
  });

  it('keeps why it is unfit for reports, until it is fit', async () => {
    const { clock, leases, told, membership } = await joined();
    void membership.setSelf({ state: 'unfit', reason: 'its clock is 1 h ahead' });
    await clock.pass(0);
    void membership.setSelf({ state: 'unfit', reason: 'its clock is 2 h ahead' });
    await clock.pass(0);
    expect(leases.renewals, 'a reason is not part of the lease').to.have.length(2);
    void membership.setSelf({ weight: 2 });
    expect(membership.report().detail).to.equal('this node takes no screenings: its clock is 2 h ahead');
    void membership.setSelf({ state: 'serving', reason: 'it is well' });
    expect(membership.report()).to.deep.equal({ ok: true });
    expect(told.at(-1)).to.equal('info: node-1, this node, is serving with weight 2');
    void membership.setSelf({ state: 'unfit' });
    expect(membership.report().detail).to.equal('this node takes no screenings: it is unfit');
    expect(told[0]).to.equal('warn: node-1, this node, is unfit with weight 1: its clock is 1 h ahead');
    membership.stop();
  });

  it('that drains is no fault', async () => {
    const { clock, membership } = await joined();
    void membership.setSelf({ state: 'draining' });
    await clock.pass(0);
    expect(membership.report()).to.deep.equal({ ok: true });
    membership.stop();
  });
});

describe('an outage of the store', () => {
  it('is told once, shown while it lasts, and costs nobody their place', async () => {
    const { clock, leases, told, membership } = await joined();
    const view = membership.view();
    leases.away = 'connection refused';
    await clock.pass(600);
    expect(membership.isCutOff()).to.be.false;
    leases.away = 'no answer within 500 ms';
    await clock.pass(60_000);
    expect(membership.view()).to.equal(view);
    expect(membership.isCutOff()).to.be.true;
    expect(membership.report().detail)
      .to.include('could not renew its lease')
      .and.include('the store of leases is away (connection refused)');
    leases.away = undefined;
    await clock.pass(300);
    expect(membership.view()).to.equal(view);
    expect(membership.isCutOff()).to.be.false;
    expect(membership.report()).to.deep.equal({ ok: true });
    expect(told).to.deep.equal([
      'warn: the store of leases is away (connection refused): the last view holds and nobody is declared dead',
      'error: this node could not renew its lease before it ran out: it is dead to every node that reaches the store',
      'info: the store of leases answers again',
      'info: node-1, this node, has a lease again',
    ]);
    membership.stop();
  });

  it('that loses every lease is told, and who does not come back is dead after the grace', async () => {
    const { clock, leases, told, membership } = await joined();
    leases.generation = 'g2';
    leases.set();
    await clock.pass(300);
    expect(idsOf(membership.view())).to.deep.equal(['node-1', 'node-2', 'node-3']);
    expect(membership.report().detail).to.include('lost the leases of node-2, node-3');
    leases.set(member('node-1'), member('node-3'));
    await clock.pass(4_800);
    expect(idsOf(membership.view())).to.deep.equal(['node-1', 'node-2', 'node-3']);
    await clock.pass(300);
    expect(idsOf(membership.view())).to.deep.equal(['node-1', 'node-3']);
    expect(membership.report()).to.deep.equal({ ok: true });
    expect(told).to.deep.equal([
      'warn: the store of leases lost the leases of node-2, node-3: they stay in the view for a while, for they may live',
      'warn: the store of leases has lost everything it knew and begins anew',
      'warn: node-2 died: its lease ran out',
    ]);
    membership.stop();
  });

  it('that takes the store back in time is told', async () => {
    const { clock, leases, told, membership } = await joined();
    const { view } = leases;
    Object.defineProperty(leases, 'view', { value: { ...view, version: 0 }, configurable: true });
    await clock.pass(300);
    Object.defineProperty(leases, 'view', { value: { ...view, version: 7 } });
    await clock.pass(300);
    expect(told).to.deep.equal([
      'warn: the store of leases went back from version 2 to 0: what it shows is ignored for a while',
      'info: the view of the store of leases counts again',
    ]);
    membership.stop();
  });
});

describe('a membership in a process that was frozen', () => {
  it('knows at once that it is cut off', async () => {
    const { clock, leases, membership } = await joined();
    const open = leases.hold();
    await clock.pass(1_500);
    expect(membership.isCutOff()).to.be.false;
    await clock.pass(1);
    expect(membership.isCutOff(), 'although nothing was answered meanwhile').to.be.true;
    expect(membership.report().detail).to.include('could not renew its lease');
    open();
    membership.stop();
  });

  it('does not take the late answer for a lease, and is back with the next', async () => {
    const { clock, leases, membership } = await joined();
    const open = leases.hold();
    await clock.pass(10_000);
    open();
    await clock.settle();
    expect(membership.isCutOff()).to.be.true;
    await clock.pass(300);
    expect(membership.isCutOff()).to.be.false;
    membership.stop();
  });
});

describe('two boots of one node id', () => {
  const other = member('node-1', { bootId: 'other-boot', peerAddress: '10.0.0.9:50151' });

  it('the second waits for the lease of a killed predecessor to run out', async () => {
    const { clock, leases, told, membership } = stage();
    leases.set(other, member('node-2'));
    const start = fate(membership.start());
    await clock.pass(1_800);
    expect(start.of).to.equal('open');
    expect(idsOf(membership.view())).to.deep.equal(['node-1', 'node-2']);
    expect(membership.report().detail).to.equal(
      'this node waits for node-1, its id, which boot other-boot at 10.0.0.9:50151 still has',
    );
    leases.set(member('node-2'));
    await clock.pass(300);
    expect(start.of).to.equal('done');
    expect(told[0]).to.equal(
      'warn: this node waits for node-1, its id, which boot other-boot at 10.0.0.9:50151 still has',
    );
    membership.stop();
  });

  it('the second gives up when the first lives: after twice a lease, and saying who it is', async () => {
    const { clock, leases, membership } = stage();
    leases.set(other);
    const start = fate(membership.start());
    await clock.pass(2_999);
    expect(start.of).to.equal('open');
    await clock.pass(301);
    expect(start.error).to.be.instanceOf(NodeIdTaken);
    expect(String(start.error)).to.include('"node-1"').and.include('other-boot').and.include('10.0.0.9:50151');
    const renewals = leases.renewals.length;
    await clock.pass(60_000);
    expect(leases.renewals).to.have.length(renewals);
    expect(clock.armed).to.equal(0);
  });

  it('the first is displaced when it loses its lease to the second, and back when that is gone', async () => {
    const { clock, leases, told, membership } = await joined();
    leases.set(other, member('node-2'), member('node-3'));
    await clock.pass(300);
    expect(membership.condition()).to.deep.equal({ kind: 'displaced', by: other });
    expect(membership.isCutOff()).to.be.true;
    expect(membership.placement().shares().get('node-1'), 'the other boot owns what the id owns').to.be.above(0);
    expect(membership.report().detail).to.include('boot other-boot at 10.0.0.9:50151 has taken node-1');
    await clock.pass(60_000);
    leases.set(member('node-2'), member('node-3'));
    await clock.pass(300);
    expect(membership.condition().kind).to.equal('member');
    expect(told).to.deep.equal([
      'error: boot other-boot at 10.0.0.9:50151 has taken node-1, the id of this node: it owns nothing until the other is gone. Two nodes must not have the same id',
      'info: node-1 is this node again: the other boot is gone',
    ]);
    membership.stop();
  });

  it('a record that is set while another has the id is not stored', async () => {
    const { clock, leases, membership } = await joined();
    leases.set(other);
    await clock.pass(300);
    const stored = fate(membership.setSelf({ weight: 1 }));
    await clock.pass(0);
    expect(stored.of).to.equal(false);
    membership.stop();
  });
});

describe('leaving', () => {
  it('gives the lease back and takes the node out of its own view, once', async () => {
    const { clock, leases, told, membership } = await joined();
    let last: string[] | undefined;
    membership.onChange(() => (last = idsOf(membership.view())));
    await Promise.all([membership.leave(), membership.leave()]);
    await membership.leave();
    expect(leases.releases).to.deep.equal(['node-1 boot-of-node-1']);
    expect(idsOf(leases.view)).to.deep.equal(['node-2', 'node-3']);
    expect(last).to.deep.equal(['node-2', 'node-3']);
    expect(membership.condition()).to.deep.equal({ kind: 'left' });
    expect(membership.isCutOff()).to.be.true;
    expect(told).to.deep.equal(['info: node-1, this node, left the cluster']);
    await clock.pass(60_000);
    leases.hint();
    await clock.pass(60_000);
    expect(leases.renewals).to.have.length(1);
    expect([clock.armed, leases.listeners]).to.deep.equal([0, 0]);
  });

  it('waits for the renewal under way, which would take the lease anew', async () => {
    const { clock, leases, membership } = await joined();
    const open = leases.hold();
    await clock.pass(300);
    const left = fate(membership.leave());
    await clock.settle();
    expect(leases.releases).to.deep.equal([]);
    open();
    await clock.settle();
    expect(left.of).to.equal('done');
    expect(idsOf(leases.view)).to.deep.equal(['node-2', 'node-3']);
  });

  it('takes no longer than the lease, and says when it could not', async () => {
    const { clock, leases, told, membership } = await joined();
    leases.hold();
    const left = fate(membership.leave());
    await clock.pass(1_499);
    expect(left.of).to.equal('open');
    await clock.pass(1);
    expect(left.of).to.equal('done');
    expect(told[0]).to.equal(
      'warn: the lease of node-1, this node, could not be given back and runs out by itself: no answer within 1500 ms',
    );
    expect(clock.armed).to.equal(0);
  });

  it('is over at once when the store is away', async () => {
    const { leases, told, membership } = await joined();
    leases.away = 'connection refused';
    await membership.leave();
    expect(told[0]).to.include('could not be given back').and.include('connection refused');
    expect(membership.condition().kind).to.equal('left');
  });

  it('ends a start that waits', async () => {
    const { clock, leases, told, membership } = stage();
    leases.away = 'connection refused';
    const start = fate(membership.start());
    await clock.pass(300);
    await membership.leave();
    expect(start.error).to.be.instanceOf(MembershipClosed);
    expect(told.some((sentence) => sentence.includes('left the cluster'))).to.be.false;
    expect(fateOfNow(await Promise.allSettled([membership.start()]))).to.be.instanceOf(MembershipClosed);
    expect(clock.armed).to.equal(0);
  });

  function fateOfNow([result]: readonly PromiseSettledResult<void>[]): unknown {
    return result?.status === 'rejected' ? result.reason : undefined;
  }
});

describe('stopping', () => {
  it('ends renewals, hints and news, and keeps the lease; twice is once', async () => {
    const { clock, leases, membership } = await joined();
    let changes = 0;
    membership.onChange(() => (changes += 1));
    const open = leases.hold();
    await clock.pass(300);
    const stored = fate(membership.setSelf({ weight: 2 }));
    membership.stop();
    membership.stop();
    leases.set(member('node-1'));
    open();
    await clock.pass(60_000);
    expect(stored.of).to.equal(false);
    expect(leases.renewals).to.have.length(2);
    expect(leases.releases).to.deep.equal([]);
    expect(await membership.setSelf({ weight: 3 })).to.be.false;
    expect(changes).to.equal(1);
    expect([clock.armed, leases.listeners]).to.deep.equal([0, 0]);
    expect(membership.isCutOff()).to.be.true;
  });
});
