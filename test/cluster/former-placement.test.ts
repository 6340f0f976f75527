import { expect } from 'chai';
import { FormerPlacement, placementOf, type ClusterView, type Placement } from '../../src/cluster/index.js';
import { manualClock } from '../runtime/manual-clock.js';
import { member, viewOf } from './members.js';

const limits = { pointsPerWeight: 64, placementCacheMax: 1_000, drainTimeoutMs: 30_000 };
const entities = Array.from({ length: 200 }, (_, index) => `screening-${String(index)}`);

function stage() {
  const clock = manualClock();
  const former = new FormerPlacement('boot-of-me', clock, limits);
  let current: Placement = placementOf([], limits);
  const see = (view: ClusterView): Placement => {
    current = placementOf(view.members, limits);
    former.viewChanged(view, current);
    return current;
  };
  /** Entities somebody else had before, by who that is. */
  const had = (): ReadonlyMap<string, string> =>
    new Map(
      entities.flatMap((id) => [[id, former.ownerOf(id)?.nodeId ?? ''] as const]).filter(([, owner]) => owner !== ''),
    );
  return { clock, former, see, had, ownerNow: (id: string) => current.ownerOf(id)?.nodeId };
}

describe('who had an entity before the view changed', () => {
  it('names whoever drains, for what it had and for nothing else', () => {
    const { see, had, ownerNow } = stage();
    const before = see(viewOf(1, ['me', 'b', 'c']));
    see(viewOf(2, ['me', member('b', { state: 'draining' }), 'c']));
    const ofB = entities.filter((id) => before.ownerOf(id)?.nodeId === 'b');
    expect(ofB).to.have.length.within(30, 120);
    expect([...had().keys()]).to.deep.equal(ofB);
    expect(new Set(had().values())).to.deep.equal(new Set(['b']));
    for (const id of ofB) expect(ownerNow(id)).to.be.oneOf(['me', 'c']);
  });

  it('names the record of the new view: what is asked is the process as it is', () => {
    const { see, former } = stage();
    see(viewOf(1, ['me', 'b', 'c']));
    const drained = member('b', { state: 'draining' });
    see(viewOf(2, ['me', drained, 'c']));
    expect(entities.map((id) => former.ownerOf(id)).find((owner) => owner !== undefined)).to.equal(drained);
  });

  it('names nobody who has died, or was started anew', () => {
    const { see, had } = stage();
    see(viewOf(1, ['me', 'b', 'c']));
    see(viewOf(2, ['me', 'c']));
    expect(had().size).to.equal(0);
    see(viewOf(3, ['me', member('b', { bootId: 'another' }), 'c']));
    expect(new Set(had().values()), 'it takes over from the one that lives').to.deep.equal(new Set(['c']));
  });

  it('does not name this node: it knows what it has', () => {
    const { see, had } = stage();
    see(viewOf(1, ['me', 'b']));
    see(viewOf(2, [member('me', { state: 'draining' }), 'b']));
    expect(had().size).to.equal(0);
  });

  it('takes it, in a node that has just come, that the others had everything', () => {
    const { see, had, ownerNow } = stage();
    see(viewOf(7, ['me', 'b', 'c']));
    expect([...had().keys()]).to.deep.equal(entities.filter((id) => ownerNow(id) === 'me'));
    expect(new Set(had().values())).to.deep.equal(new Set(['b', 'c']));
  });

  it('forgets it once everything must have been handed over', async () => {
    const { clock, see, had } = stage();
    see(viewOf(1, ['me', 'b', 'c']));
    see(viewOf(2, ['me', 'b', 'c', 'd']));
    expect(had().size).to.be.greaterThan(0);
    await clock.pass(limits.drainTimeoutMs);
    expect(had().size).to.equal(0);
  });
});
