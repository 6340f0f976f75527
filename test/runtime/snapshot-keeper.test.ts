import { expect } from 'chai';
import { silentProbe, StorageUnavailable } from '../../src/runtime/index.js';
import { SnapshotKeeper } from '../../src/runtime/snapshot-keeper.js';
import { manualClock } from './manual-clock.js';

function stage(savedRevision = 0, turnsSince = 0, snapshotMinEvents = 10) {
  const clock = manualClock();
  const saved: number[] = [];
  const failures: unknown[] = [];
  const state = { answer: true as boolean | Error, hold: undefined as Promise<void> | undefined };
  const snapshots = {
    load: () => Promise.resolve([]),
    async save(_id: string, _epoch: number, { revision }: { readonly revision: number }) {
      saved.push(revision);
      await state.hold;
      if (state.answer instanceof Error) throw state.answer;
      return state.answer;
    },
  };
  const probe = { ...silentProbe, snapshotFailed: (_id: string, error: unknown) => void failures.push(error) };
  const limits = { snapshotMinEvents, snapshotIntervalMs: 1_000 };
  const keeper = new SnapshotKeeper('tally', 1, savedRevision, snapshots, clock, probe, limits, turnsSince);
  const entity = (revision: number, weight = 0) => ({ revision, weight, snapshot: () => [] });
  let fenced = 0;
  const afterTurn = (revision: number, events: number, weight = 0): void => {
    keeper.afterTurn(entity(revision, weight), events, () => (fenced += 1));
  };
  return { clock, saved, failures, state, keeper, entity, afterTurn, fenced: () => fenced };
}

describe('snapshots', () => {
  it('are taken after enough events, and then not before as many again', async () => {
    const { clock, saved, afterTurn } = stage();
    afterTurn(1, 9);
    expect(saved).to.deep.equal([]);
    afterTurn(2, 1);
    expect(saved).to.deep.equal([2]);
    await clock.settle();
    afterTurn(3, 9);
    expect(saved).to.deep.equal([2]);
    afterTurn(4, 1);
    expect(saved).to.deep.equal([2, 4]);
  });

  it('count what came before the entity was recovered', async () => {
    const { clock, saved, afterTurn } = stage(5, 8);
    afterTurn(14, 1);
    expect(saved).to.deep.equal([]);
    afterTurn(15, 1);
    expect(saved).to.deep.equal([15]);
    await clock.settle();
  });

  it('leave room for others between their parts', async () => {
    const { clock, saved, keeper } = stage();
    const done: string[] = [];
    const parts = ['a', 'b', 'c'].map((part) => Buffer.from(part));
    const entity = {
      revision: 7,
      weight: 0,
      *snapshot() {
        for (const part of parts) {
          done.push('part');
          clock.soon(() => done.push('command'));
          yield part;
        }
      },
    };
    keeper.afterTurn(entity, 10, () => undefined);
    expect(saved).to.deep.equal([]);
    await clock.settle();
    expect(saved).to.deep.equal([7]);
    expect(done).to.deep.equal(['part', 'command', 'part', 'command', 'part', 'command']);
  });

  it('of a large state wait for twice as many events as they would cost', async () => {
    const { clock, saved, afterTurn } = stage();
    afterTurn(1, 199, 100);
    expect(saved).to.deep.equal([]);
    afterTurn(2, 1, 100);
    expect(saved).to.deep.equal([2]);
    await clock.settle();
  });

  it('are taken after a while, when at least a quarter of the state has changed', async () => {
    const { clock, saved, afterTurn } = stage();
    await clock.pass(1_000);
    afterTurn(1, 9, 40);
    expect(saved, 'too little').to.deep.equal([]);
    afterTurn(2, 1, 40);
    expect(saved).to.deep.equal([2]);
    await clock.settle();
  });

  it('are not taken for a few events, however long ago the last was', async () => {
    const { clock, saved, keeper } = stage(0, 0, 1_000);
    const entity = { revision: 1, weight: 0, snapshot: () => [] };
    await clock.pass(1_000);
    keeper.afterTurn(entity, 99, () => undefined);
    expect(saved).to.deep.equal([]);
    keeper.afterTurn(entity, 1, () => undefined);
    expect(saved).to.deep.equal([1]);
    await clock.settle();
  });

  it('are taken one at a time', async () => {
    const { clock, saved, state, afterTurn } = stage();
    let finish = (): void => undefined;
    state.hold = new Promise((resolve) => (finish = resolve));
    afterTurn(1, 10);
    afterTurn(2, 10);
    expect(saved).to.deep.equal([1]);
    finish();
    await clock.settle();
    afterTurn(3, 1);
    expect(saved, 'what came meanwhile counts').to.deep.equal([1, 3]);
    await clock.settle();
  });

  it('at the end are taken when something changed since the last', async () => {
    const { saved, keeper, entity } = stage(5);
    await keeper.takeFinal(entity(5));
    expect(saved).to.deep.equal([]);
    await keeper.takeFinal(entity(6));
    await keeper.takeFinal(entity(6));
    expect(saved).to.deep.equal([6]);
  });

  it('that fail cost nothing but a longer recovery', async () => {
    const { clock, failures, state, afterTurn, fenced } = stage();
    state.answer = new StorageUnavailable('away');
    afterTurn(1, 10);
    await clock.settle();
    expect(failures).to.deep.equal([state.answer]);
    expect(fenced()).to.equal(0);
  });

  it('that are fenced say so: another owner has the entity', async () => {
    const { clock, state, afterTurn, fenced } = stage();
    state.answer = false;
    afterTurn(1, 10);
    await clock.settle();
    expect(fenced()).to.equal(1);
  });
});
