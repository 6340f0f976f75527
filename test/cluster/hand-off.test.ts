import { expect } from 'chai';
import { HandOff } from '../../src/cluster/index.js';
import { manualClock } from '../runtime/manual-clock.js';
import { member } from './members.js';

/** Node `me` with entities in memory, and peers that take them over when the test lets them. */
function stage(residents: string[], handOffsMax = 2) {
  const clock = manualClock();
  const here = new Set(residents);
  const owners = new Map<string, string>();
  const asked: string[] = [];
  const moved: string[] = [];
  const refused: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  let trouble: Error | undefined;
  let asksBack = true;
  const handOff = new HandOff(
    {
      residents: () => here,
      ownerOf: (entityId) => member(owners.get(entityId) ?? 'me'),
      selfBootId: 'boot-of-me',
      askToTakeOver: async (owner, entityId) => {
        asked.push(`${entityId} to ${owner.nodeId}`);
        await gate;
        if (trouble !== undefined) throw trouble;
        if (asksBack) here.delete(entityId);
      },
      letGo: (entityId) => {
        here.delete(entityId);
        return Promise.resolve();
      },
      clock,
      onMoved: (entityId, owner) => moved.push(`${entityId} to ${owner.nodeId}`),
      onNotMoved: (entityId) => refused.push(entityId),
    },
    { handOffsMax, routeRetryMaxMs: 100 },
  );
  return {
    clock,
    handOff,
    here,
    owners,
    asked,
    moved,
    refused,
    hold: () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => (open = resolve));
      return (): void => open();
    },
    fail: (error: Error | undefined) => (trouble = error),
    peersHaveIt: () => (asksBack = false),
  };
}

describe('a hand-off', () => {
  it('moves what belongs elsewhere and leaves the rest alone', async () => {
    const { handOff, owners, here, moved, clock } = stage(['a', 'b', 'c']);
    owners.set('a', 'x').set('c', 'y');
    expect(handOff.misplaced).to.equal(2);
    handOff.viewChanged();
    await clock.settle();
    expect(moved).to.have.members(['a to x', 'c to y']);
    expect([...here]).to.deep.equal(['b']);
    expect(handOff.misplaced).to.equal(0);
  });

  it('drops what a peer has taken already, and does not ask for it', async () => {
    const { handOff, owners, here, asked, clock, peersHaveIt } = stage(['a']);
    owners.set('a', 'x');
    peersHaveIt();
    handOff.viewChanged();
    await clock.pass(1_000);
    expect(asked).to.deep.equal(['a to x']);
    expect(here.size).to.equal(0);
  });

  it('moves no more at once than it may', async () => {
    const { handOff, owners, asked, clock, hold, moved } = stage(['a', 'b', 'c', 'd']);
    for (const id of ['a', 'b', 'c', 'd']) owners.set(id, 'x');
    const open = hold();
    handOff.viewChanged();
    await clock.settle();
    expect(asked).to.have.length(2);
    open();
    await clock.settle();
    expect(moved).to.have.length(4);
  });

  it('asks again, after a pause, for what was not taken', async () => {
    const { handOff, owners, asked, refused, moved, fail, clock } = stage(['a']);
    owners.set('a', 'x');
    fail(new Error('not now'));
    handOff.viewChanged();
    await clock.settle();
    expect(refused).to.deep.equal(['a']);
    await clock.pass(99);
    expect(asked).to.have.length(1);
    fail(undefined);
    await clock.pass(1);
    expect(moved).to.deep.equal(['a to x']);
  });

  it('takes the owner of the newest view, also for what waits for its turn', async () => {
    const { handOff, owners, asked, moved, clock, hold } = stage(['a', 'b', 'c'], 1);
    for (const id of ['a', 'b', 'c']) owners.set(id, 'x');
    const open = hold();
    handOff.viewChanged();
    await clock.settle();
    owners.set('b', 'y').delete('c');
    handOff.viewChanged();
    open();
    await clock.pass(100);
    expect(asked).to.deep.equal(['a to x', 'b to y']);
    expect(moved).to.deep.equal(['a to x', 'b to y']);
  });

  it('says when nothing is left to move', async () => {
    const { handOff, owners, clock, hold, here } = stage(['a']);
    expect(await handOff.settled(clock.now() + 1_000), 'there was nothing to do').to.equal(true);
    owners.set('a', 'x');
    const open = hold();
    let settled: boolean | undefined;
    void handOff.settled(clock.now() + 1_000).then((value) => (settled = value));
    await clock.settle();
    expect(settled).to.equal(undefined);
    open();
    await clock.settle();
    expect(settled).to.equal(true);
    expect(here.size).to.equal(0);
  });

  it('says so when it could not move everything in time', async () => {
    const { handOff, owners, clock, fail } = stage(['a']);
    owners.set('a', 'x');
    fail(new Error('never'));
    let settled: boolean | undefined;
    void handOff.settled(clock.now() + 250).then((value) => (settled = value));
    await clock.pass(249);
    expect(settled).to.equal(undefined);
    await clock.pass(1);
    expect(settled).to.equal(false);
    handOff.stop();
  });

  it('starts nothing after it was stopped', async () => {
    const { handOff, owners, asked, clock } = stage(['a']);
    handOff.stop();
    owners.set('a', 'x');
    handOff.viewChanged();
    await clock.pass(1_000);
    expect(asked).to.deep.equal([]);
  });
});
