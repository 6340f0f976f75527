import { expect } from 'chai';
import { holdsLease } from '../../src/cluster/membership-view.js';
import { Life, RENEW_MS, rules } from './membership-life.js';
import { member, viewOf } from './members.js';

const all = ['node-1', 'node-2', 'node-3'];
const joined = () => new Life().held(viewOf(1, all), { wasMissing: true });

describe('a node that starts', () => {
  it('has no view and no lease before the first answer', () => {
    const life = new Life().away(60_000);
    expect(life.view).to.be.undefined;
    expect(life.condition).to.equal('joining');
    expect(life.problem).to.equal('store-away');
    expect(holdsLease(life.state, life.atMs, rules)).to.be.false;
  });

  it('is a member with the first lease; that there was none before is no fault', () => {
    const life = joined();
    expect(life.condition).to.equal('member');
    expect(life.members).to.deep.equal(all);
    expect(life.problem).to.be.undefined;
    expect(holdsLease(life.state, life.atMs, rules)).to.be.true;
  });

  it('sees the others while the lease of its predecessor runs out, and is not displaced by it', () => {
    const life = new Life().taken(viewOf(1, all));
    expect(life.condition).to.equal('joining');
    expect(life.members).to.deep.equal(all);
    expect(holdsLease(life.state, life.atMs, rules)).to.be.false;
    life.held(viewOf(3, ['node-1', 'node-2']), { wasMissing: true });
    expect(life.condition).to.equal('member');
    expect(life.members, 'node-3 died meanwhile').to.deep.equal(['node-1', 'node-2']);
  });
});

describe('a member of the cluster', () => {
  it('sees who comes, changes and goes, at once', () => {
    const life = joined();
    life.held(viewOf(2, [...all, 'node-4']));
    expect(life.members).to.deep.equal([...all, 'node-4']);
    const draining = member('node-2', { state: 'draining', weight: 3 });
    life.held(viewOf(3, ['node-1', draining, 'node-4']));
    expect(life.view?.members).to.deep.equal([member('node-1'), draining, member('node-4')]);
    expect(life.problem).to.be.undefined;
  });

  it('sees the restart of another', () => {
    const restarted = member('node-3', { bootId: 'second boot' });
    expect(joined().held(viewOf(2, ['node-1', 'node-2', restarted])).view?.members[2]).to.deep.equal(restarted);
  });

  it('keeps the very view while nothing changes', () => {
    const life = joined();
    const { outlook } = life.state;
    life.heldFor(10_000, viewOf(1, all));
    expect(life.state.outlook).to.equal(outlook);
  });

  it('has the members in the order of their ids, however they came', () => {
    const life = new Life().held(viewOf(1, ['node-3', 'node-1', 'node-2']));
    expect(life.members).to.deep.equal(all);
    const { outlook } = life.state;
    expect(life.held(viewOf(1, ['node-2', 'node-3', 'node-1'])).state.outlook).to.equal(outlook);
  });

  it('sees a change that has no version of its own', () => {
    const changed = member('node-2', { zone: 'cellar' });
    expect(joined().held(viewOf(1, ['node-1', changed, 'node-3'])).view?.members[1]).to.equal(changed);
  });

  it('is sure of its lease for as long as a lease lasts from the sending of the renewal', () => {
    const life = joined().held(viewOf(1, all), { tookMs: 400 });
    const sentAtMs = life.atMs - 400;
    expect(holdsLease(life.state, sentAtMs + 1_500, rules)).to.be.true;
    expect(holdsLease(life.state, sentAtMs + 1_501, rules)).to.be.false;
  });
});

describe('while the store of leases is away', () => {
  it('the last view holds, however long it takes, and says why it may be old', () => {
    const life = joined();
    const { view } = life;
    life.away(3_600_000, 'connection refused');
    expect(life.view).to.equal(view);
    expect(life.state.outlook.problem).to.deep.equal({ kind: 'store-away', reason: 'connection refused' });
  });

  it('one trouble is one change, whatever reasons it gives', () => {
    const life = joined().away(RENEW_MS, 'connection refused');
    const { outlook } = life.state;
    life.away(RENEW_MS, 'no answer within 500 ms');
    expect(life.state.outlook).to.equal(outlook);
  });

  it('the node is cut off once its lease has run out, and a member again with the next', () => {
    const life = joined().away(1_200);
    expect(life.condition).to.equal('member');
    life.away(RENEW_MS);
    expect(life.condition).to.equal('cut-off');
    life.held(viewOf(1, all));
    expect(life.condition).to.equal('member');
    expect(life.problem).to.be.undefined;
  });

  it('a short absence hides no death: who is absent after it is dead', () => {
    const life = joined()
      .away(600)
      .held(viewOf(2, ['node-1', 'node-2']));
    expect(life.members).to.deep.equal(['node-1', 'node-2']);
  });

  it('an answer that took longer than a lease lasts is none', () => {
    const life = joined();
    const { view } = life;
    life.held(viewOf(9, ['node-1']), { tookMs: 1_501 });
    expect(life.view).to.equal(view);
    expect(life.problem).to.equal('store-away');
    expect(life.condition).to.equal('cut-off');
  });

  it('nobody is dropped whose time to come back ends', () => {
    const life = joined()
      .held(viewOf(1, ['node-1'], 'g2'), { wasMissing: true })
      .away(60_000);
    expect(life.members).to.deep.equal(all);
  });
});

describe('when the store has lost leases', () => {
  const losses: [string, (life: Life) => Life][] = [
    ['everything, as a new generation shows', (life) => life.held(viewOf(1, ['node-1'], 'g2'), { wasMissing: true })],
    [
      'everything while nobody could reach it',
      (life) => life.away(9_000).held(viewOf(1, ['node-1'], 'g2'), { wasMissing: true }),
    ],
    ['a lease that was renewed in time', (life) => life.held(viewOf(5, ['node-1']), { wasMissing: true })],
    [
      'all leases, which ran out while nobody could reach it',
      (life) => life.away(9_000).held(viewOf(5, ['node-1']), { wasMissing: true }),
    ],
    ['everything but our lease, as a new generation shows', (life) => life.held(viewOf(1, ['node-1'], 'g2'))],
  ];
  for (const [what, lose] of losses) {
    describe(what, () => {
      it('the absent stay in the view for the grace, and are named', () => {
        const life = lose(joined());
        expect(life.members).to.deep.equal(all);
        expect(life.state.outlook.problem).to.deep.equal({ kind: 'leases-lost', kept: ['node-2', 'node-3'] });
        const observed = life.state.adopted?.observed ?? viewOf(0, []);
        const lostAtMs = life.atMs;
        while (life.atMs + RENEW_MS + 1 < lostAtMs + 5_000) expect(life.held(observed).members).to.deep.equal(all);
        life.held(observed);
        expect(life.members).to.deep.equal(['node-1']);
        expect(life.problem).to.be.undefined;
      });

      it('who is back is as it is now, and no longer missed', () => {
        const life = lose(joined());
        const { generation, version } = life.state.adopted?.observed ?? viewOf(0, []);
        const back = member('node-2', { weight: 7, bootId: 'second boot' });
        life.held(viewOf(version + 1, ['node-1', back], generation));
        expect(life.view?.members).to.deep.equal([member('node-1'), back, member('node-3')]);
        expect(life.state.outlook.problem).to.deep.equal({ kind: 'leases-lost', kept: ['node-3'] });
        life.held(viewOf(version + 2, ['node-1', back, 'node-3'], generation));
        expect(life.problem).to.be.undefined;
      });

      it('who was back and is absent again is dead', () => {
        const life = lose(joined());
        const { generation, version } = life.state.adopted?.observed ?? viewOf(0, []);
        life.held(viewOf(version + 1, ['node-1', 'node-2'], generation));
        life.held(viewOf(version + 2, ['node-1'], generation));
        expect(life.members).to.deep.equal(['node-1', 'node-3']);
      });

      it('a newcomer is in the view at once', () => {
        const life = lose(joined());
        const { generation, version } = life.state.adopted?.observed ?? viewOf(0, []);
        life.held(viewOf(version + 1, ['node-1', 'node-4'], generation));
        expect(life.members).to.deep.equal([...all, 'node-4']);
      });
    });
  }

  it('and loses them again, the time to come back begins anew', () => {
    const life = joined().held(viewOf(1, ['node-1'], 'g2'), { wasMissing: true });
    life.heldFor(3_000, viewOf(1, ['node-1'], 'g2'));
    life.held(viewOf(1, ['node-1'], 'g3'), { wasMissing: true });
    life.heldFor(4_900, viewOf(1, ['node-1'], 'g3'));
    expect(life.members).to.deep.equal(all);
    life.heldFor(700, viewOf(1, ['node-1'], 'g3'));
    expect(life.members).to.deep.equal(['node-1']);
  });

  it('and all of them are back already, nothing is to be said', () => {
    const life = joined().held(viewOf(1, all, 'g2'), { wasMissing: true });
    expect(life.problem).to.be.undefined;
    expect(life.view?.generation).to.equal('g2');
  });

  it('a death after everybody was back is a death at once', () => {
    const life = joined()
      .held(viewOf(1, all, 'g2'), { wasMissing: true })
      .held(viewOf(2, ['node-1', 'node-2'], 'g2'));
    expect(life.members).to.deep.equal(['node-1', 'node-2']);
  });
});

describe('when the store goes back in time', () => {
  const before = () => joined().held(viewOf(50, all));

  it('its older view is ignored, and it is said', () => {
    const life = before();
    const { view } = life;
    life.held(viewOf(47, ['node-1']));
    expect(life.view).to.equal(view);
    expect(life.state.outlook.problem).to.deep.equal({ kind: 'store-went-back', fromVersion: 50, toVersion: 47 });
    expect(life.condition, 'the lease was renewed all the same').to.equal('member');
    expect(holdsLease(life.state, life.atMs, rules)).to.be.true;
  });

  it('it is believed again as soon as it has caught up', () => {
    const life = before().held(viewOf(47, ['node-1']));
    life.held(viewOf(51, ['node-1', 'node-2']));
    expect(life.members).to.deep.equal(['node-1', 'node-2']);
    expect(life.problem).to.be.undefined;
  });

  it('its older view is adopted when it stays with it for the grace', () => {
    const life = before()
      .held(viewOf(47, ['node-1', 'node-4']))
      .heldFor(4_900, viewOf(47, ['node-1', 'node-4']));
    expect(life.members).to.deep.equal(all);
    life.heldFor(700, viewOf(47, ['node-1', 'node-4']));
    expect(life.members).to.deep.equal(['node-1', 'node-4']);
    expect(life.problem).to.be.undefined;
  });

  it('the grace of one time is not that of the next', () => {
    const life = before().held(viewOf(47, all)).held(viewOf(51, all));
    life.heldFor(20_000, viewOf(51, all)).held(viewOf(48, ['node-1']));
    expect(life.members).to.deep.equal(all);
  });

  it('an older version of another generation is not older', () => {
    expect(before().held(viewOf(2, [...all, 'node-4'], 'g2')).members).to.deep.equal([...all, 'node-4']);
  });
});

describe('a process that was frozen for longer than a lease lasts', () => {
  it('is not sure of its lease from the moment it runs again', () => {
    const life = joined().frozen(1_600);
    expect(holdsLease(life.state, life.atMs, rules)).to.be.false;
  });

  it('adopts what it finds and trusts nothing that it knew', () => {
    const life = joined()
      .frozen(10_000)
      .held(viewOf(4, ['node-1', 'node-4']), { wasMissing: true });
    expect(life.members).to.deep.equal(['node-1', 'node-4']);
    expect(life.condition).to.equal('member');
    expect(life.problem).to.be.undefined;
  });

  it('does so also when its first renewal fails, as the one under way when it froze does', () => {
    const life = joined()
      .frozen(10_000)
      .away(600)
      .held(viewOf(4, ['node-1']), { wasMissing: true });
    expect(life.members).to.deep.equal(['node-1']);
  });

  it('does so also when the renewal under way is answered late', () => {
    const life = joined().held(viewOf(2, all), { tookMs: 10_000 });
    expect(life.condition).to.equal('cut-off');
    life.held(viewOf(4, ['node-1']), { wasMissing: true });
    expect(life.members).to.deep.equal(['node-1']);
  });

  it('does so also when the store began anew meanwhile, or went back', () => {
    expect(
      joined()
        .frozen(10_000)
        .held(viewOf(1, ['node-1'], 'g2'), { wasMissing: true }).members,
    ).to.deep.equal(['node-1']);
    const life = joined()
      .held(viewOf(9, all))
      .frozen(10_000)
      .held(viewOf(3, ['node-1', 'node-2']));
    expect(life.members).to.deep.equal(['node-1', 'node-2']);
  });

  it('has slept once: the next loss of leases is the fault of the store', () => {
    const life = joined().frozen(10_000).held(viewOf(4, all), { wasMissing: true });
    life.held(viewOf(1, ['node-1'], 'g2'), { wasMissing: true });
    expect(life.members).to.deep.equal(all);
  });

  it('is a member like any other when its freeze was shorter', () => {
    const life = joined()
      .frozen(1_100)
      .held(viewOf(1, ['node-1'], 'g2'), { wasMissing: true });
    expect(life.members).to.deep.equal(all);
  });
});

describe('a node whose id another boot takes', () => {
  const other = member('node-1', { bootId: 'another' });

  it('is displaced and has no lease, and still sees the others', () => {
    const life = joined()
      .frozen(10_000)
      .taken(viewOf(4, [other, 'node-2']), other);
    expect(life.state.outlook.self).to.deep.equal({ kind: 'displaced', by: other });
    expect(life.view?.members).to.deep.equal([other, member('node-2')]);
    expect(holdsLease(life.state, life.atMs, rules)).to.be.false;
  });

  it('has no lease although it renewed a moment ago, and keeps the absent: a store that gave its lease away lost it', () => {
    const life = joined().taken(viewOf(4, [other]), other);
    expect(holdsLease(life.state, life.atMs, rules)).to.be.false;
    expect(life.view?.members).to.deep.equal([other, member('node-2'), member('node-3')]);
  });

  it('sees deaths at once while it is displaced', () => {
    const life = joined()
      .taken(viewOf(4, [other, 'node-2', 'node-3']), other)
      .taken(viewOf(5, [other, 'node-2']), other);
    expect(life.members).to.deep.equal(['node-1', 'node-2']);
  });

  it('stays displaced while the store is away', () => {
    const life = joined()
      .taken(viewOf(4, [other]), other)
      .away(9_000);
    expect(life.condition).to.equal('displaced');
    expect(life.problem).to.equal('store-away');
  });

  it('tells one other boot from the next', () => {
    const life = joined().taken(viewOf(4, [other]), other);
    const { self } = life.state.outlook;
    expect(life.taken(viewOf(4, [other]), { ...other }).state.outlook.self).to.equal(self);
    const third = member('node-1', { bootId: 'third' });
    expect(life.taken(viewOf(5, [third]), third).state.outlook.self).to.deep.equal({ kind: 'displaced', by: third });
  });

  it('is a member again when the other has gone; that its own lease was missing is no fault', () => {
    const life = joined().taken(viewOf(4, [other, 'node-2', 'node-3']), other);
    life.held(viewOf(6, ['node-1', 'node-2']), { wasMissing: true });
    expect(life.condition).to.equal('member');
    expect(life.members).to.deep.equal(['node-1', 'node-2']);
    expect(life.problem).to.be.undefined;
  });
});

describe('a node that has left', () => {
  it('is in no view of its own, and nothing brings it back', () => {
    const life = joined().input({ kind: 'released', bootId: 'boot-of-node-1' });
    expect(life.condition).to.equal('left');
    expect(life.members).to.deep.equal(['node-2', 'node-3']);
    const { state } = life;
    life.held(viewOf(9, all)).away().input({ kind: 'released', bootId: 'boot-of-node-1' });
    expect(life.state).to.equal(state);
    expect(holdsLease(state, life.atMs, rules)).to.be.false;
  });

  it('leaves the boot in the view that displaced it', () => {
    const other = member('node-1', { bootId: 'another' });
    const life = joined().taken(viewOf(4, [other, 'node-2']), other);
    life.input({ kind: 'released', bootId: 'boot-of-node-1' });
    expect(life.view?.members).to.include(other);
  });
});
