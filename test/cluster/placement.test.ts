import { expect } from 'chai';
import fc from 'fast-check';
import type { Member } from '../../src/cluster/member.js';
import { placementOf, type Placement } from '../../src/cluster/placement.js';
import { readConfig } from '../../src/config/index.js';
import { member } from './members.js';

const limits = readConfig({}, 'the defaults').cluster;
const screenings = Array.from({ length: 10_000 }, (_, index) => `screening-${String(index)}`);
const members = (...nodeIds: string[]) => nodeIds.map((nodeId) => member(nodeId));

/** Node id of each screening's owner. */
const owners = (placement: Placement) => screenings.map((id) => placement.ownerOf(id)?.nodeId);

function load(placement: Placement): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const owner of owners(placement)) if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return counts;
}

function maxOverMean(parts: Iterable<number>): number {
  const all = [...parts];
  return (Math.max(...all) * all.length) / all.reduce((sum, part) => sum + part, 0);
}

const sharesOf = (given: readonly Member[]) => Object.fromEntries(placementOf(given, limits).shares());

describe('placement', () => {
  it('never changes: nodes of two versions must agree on these', () => {
    const placement = placementOf([member('node-1'), member('node-2', { weight: 2 }), member('node-3')], {
      pointsPerWeight: 512,
      placementCacheMax: 100,
    });
    const golden = {
      'screening-1': 'node-3',
      'screening-2': 'node-3',
      'screening-3': 'node-2',
      '2026-05-01/gala/auditorium-7': 'node-2',
      '6f1f6a0e-8f0f-4c55-9d8c-6a0d8f0e4b11': 'node-3',
      'Fledermaus-Ä': 'node-3',
      '': 'node-2',
      ['x'.repeat(300)]: 'node-3',
    };
    for (const [id, owner] of Object.entries(golden)) expect(placement.ownerOf(id)?.nodeId, id).to.equal(owner);
    expect(placement.shares().get('node-1')).to.be.closeTo(0.262177801862, 1e-12);
  });

  it('asked twice answers the same, within and beyond what it remembers', () => {
    const small = placementOf(members('node-1', 'node-2', 'node-3'), { ...limits, placementCacheMax: 100 });
    const first = owners(small);
    expect(owners(small)).to.deep.equal(first);
  });

  it('does not depend on the order of the members, not even where points of two nodes coincide', () => {
    // sha256 gives node-1 and node-11 two common points.
    const given = members('node-1', 'node-11', 'node-2');
    const once = placementOf(given, limits);
    for (const order of [
      [1, 0, 2],
      [2, 1, 0],
      [1, 2, 0],
    ] as const) {
      const again = placementOf(
        order.map((index) => given[index] ?? member('none')),
        limits,
      );
      expect(owners(again)).to.deep.equal(owners(once));
      expect([...again.shares()].toSorted()).to.deep.equal([...once.shares()].toSorted());
    }
  });

  it('answers the very record it was given', () => {
    const given = members('node-1', 'node-2');
    const owner = placementOf(given, limits).ownerOf('screening-1');
    expect(given.some((each) => each === owner)).to.be.true;
  });

  describe('of 10,000 screenings', () => {
    it('loads three nodes evenly', () => {
      const placement = placementOf(members('node-1', 'node-2', 'node-3'), limits);
      expect(maxOverMean(load(placement).values())).to.be.at.most(1.25);
    });

    it('loads nodes of any name evenly: the fullest of 99 in 100 clusters has at most 1.15 times the mean', () => {
      const fullest = Array.from({ length: 200 }, (_, index) => {
        const names = ['east', 'west', 'cellar'].map((name) => `${name}-${String(index)}.cinema.example`);
        return maxOverMean(
          placementOf(members(...names), limits)
            .shares()
            .values(),
        );
      }).toSorted((a, b) => a - b);
      expect(fullest[197]).to.be.at.most(1.15);
      expect(fullest[199]).to.be.at.most(1.25);
    });

    it('moves to a fourth node what it takes over, and nothing else', () => {
      const before = owners(placementOf(members('node-1', 'node-2', 'node-3'), limits));
      const after = owners(placementOf(members('node-1', 'node-2', 'node-3', 'node-4'), limits));
      const moved = after.filter((owner, index) => owner !== before[index]);
      expect(new Set(moved)).to.deep.equal(new Set(['node-4']));
      expect(moved.length).to.be.within(2_000, 3_000);
    });

    it('moves from a node that leaves what it had, and nothing else', () => {
      const before = owners(placementOf(members('node-1', 'node-2', 'node-3'), limits));
      const after = owners(placementOf(members('node-1', 'node-3'), limits));
      after.forEach((owner, index) => {
        if (before[index] !== 'node-2') expect(owner).to.equal(before[index]);
      });
    });

    it('gives each node what its weight says', () => {
      const given = [member('node-1', { weight: 1 }), member('node-2', { weight: 3 }), member('node-3', { weight: 4 })];
      const counts = load(placementOf(given, limits));
      expect(counts.get('node-1')).to.be.closeTo(1_250, 190);
      expect(counts.get('node-2')).to.be.closeTo(3_750, 560);
      expect(counts.get('node-3')).to.be.closeTo(5_000, 750);
    });

    it('falls to the nodes by the shares that are shown', () => {
      const placement = placementOf(
        [member('node-1', { weight: 2 }), ...members('node-2', 'node-3', 'node-4')],
        limits,
      );
      const counts = load(placement);
      for (const [nodeId, share] of placement.shares()) {
        expect((counts.get(nodeId) ?? 0) / screenings.length, nodeId).to.be.closeTo(share, 0.02);
      }
    });
  });

  it('shows shares that add up to the whole', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, (nodeIds) => {
        const shares = placementOf(members(...nodeIds), limits).shares();
        expect([...shares.keys()]).to.have.members(nodeIds);
        expect([...shares.values()].reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  describe('without fit nodes', () => {
    const draining = member('draining', { state: 'draining' });
    const unfit = member('unfit', { state: 'unfit', weight: 3 });
    const weightless = member('weightless', { weight: 0 });

    it('gives nothing to those that drain, are unfit or have no weight', () => {
      expect(sharesOf([member('fit'), draining, unfit, weightless])).to.deep.equal({
        fit: 1,
        draining: 0,
        unfit: 0,
        weightless: 0,
      });
    });

    it('gives to those that have a weight when none of them serves', () => {
      const shares = sharesOf([draining, unfit, weightless]);
      expect(shares).to.include({ weightless: 0 });
      expect(shares['unfit']).to.be.closeTo(0.75, 0.06);
    });

    it('gives to all alike when none has a weight', () => {
      const shares = sharesOf([weightless, member('other', { weight: 0, state: 'unfit' })]);
      expect(shares['weightless']).to.be.closeTo(0.5, 0.08);
    });

    it('has no owner when there is nobody', () => {
      expect(placementOf([], limits).ownerOf('screening-1')).to.be.undefined;
      expect(sharesOf([])).to.deep.equal({});
    });
  });
});
