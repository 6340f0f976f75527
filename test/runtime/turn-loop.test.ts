import { expect } from 'chai';
import {
  Committer,
  localBus,
  silentProbe,
  StorageUnavailable,
  type Lane,
  type Outcome,
  type OwnerNotice,
} from '../../src/runtime/index.js';
import { SnapshotKeeper } from '../../src/runtime/snapshot-keeper.js';
import { TurnLoop } from '../../src/runtime/turn-loop.js';
import { manualClock } from './manual-clock.js';
import { ScriptedJournal } from './scripted-journal.js';
import { Tally, type TallyAnswer, type TallyCommand } from './tally.js';

function stage(
  limits: { mailboxLimit?: number; turnBatchLimit?: number; turnPaceMs?: number; snapshotMinEvents?: number } = {},
) {
  const clock = manualClock();
  const journal = new ScriptedJournal();
  const bus = localBus<OwnerNotice<number>>();
  const published: OwnerNotice<number>[] = [];
  const told: string[] = [];
  bus.subscribe('tally', (notice) => {
    published.push(notice);
    told.push(`notice ${String(notice.revision)}`);
  });
  const drops: string[] = [];
  const saved: number[] = [];
  let saving: ((accepted: boolean) => void) | undefined;
  const snapshots = {
    load: () => Promise.resolve([]),
    save: (_id: string, _epoch: number, { revision }: { readonly revision: number }) => {
      saved.push(revision);
      return limits.snapshotMinEvents === undefined
        ? Promise.resolve(true)
        : new Promise<boolean>((resolve) => (saving = resolve));
    },
  };
  const probe = { ...silentProbe, dropped: (_id: string, reason: string) => void drops.push(reason) };
  /** What the database says of the loop's epoch; a function to hold the answer back or fail. */
  const epochs = { isHeld: (): Promise<boolean> => Promise.resolve(true) };
  /** Whether answers may be old. */
  let mayBeOld = (): boolean => false;
  const entity = new Tally();
  const keeper = new SnapshotKeeper('tally', 7, 0, snapshots, clock, probe, {
    snapshotMinEvents: limits.snapshotMinEvents ?? 1_000,
    snapshotIntervalMs: 1_000_000,
  });
  const ports = {
    committer: new Committer(journal, clock, { commitLanes: 1, turnsPerCommit: 10, commitPaceMs: 0 }),
    bus,
    clock,
    randomness: { token: () => 'token', fraction: () => 0 },
    probe,
    isRefusal: (answer: unknown) => (answer as TallyAnswer).kind === 'refused',
    mayBeOld: () => mayBeOld(),
    epochs: { isHeld: () => epochs.isHeld() },
  };
  const loop = new TurnLoop(
    'tally',
    7,
    entity,
    ports,
    { mailboxLimit: 100, turnBatchLimit: 10, turnPaceMs: 0, ownershipProofMs: 100, ...limits },
    keeper,
    () => drops.push('asked'),
  );
  const settled: string[] = [];
  const outcomes = new Map<string, Outcome<TallyAnswer>>();
  const ask = (name: string, command: TallyCommand, more: { lane?: Lane; deadlineMs?: number } = {}): void => {
    const settle = (outcome: Outcome<TallyAnswer>): void => {
      expect(outcomes.has(name), `${name} is answered once`).to.equal(false);
      settled.push(name);
      told.push(`answer ${name}`);
      outcomes.set(name, outcome);
    };
    loop.submit([{ command, lane: 'public', deadlineMs: Infinity, settle, ...more }]);
  };
  const said = (name: string): string | number | undefined => {
    const outcome = outcomes.get(name);
    if (outcome === undefined) return undefined;
    if (outcome.kind === 'failed') return outcome.failure.kind;
    return outcome.answer.kind === 'refused' ? 'refused' : outcome.answer.sum;
  };
  return {
    clock,
    journal,
    published,
    told,
    drops,
    saved,
    loop,
    entity,
    ask,
    said,
    settled,
    epochs,
    allowOld: () => (mayBeOld = () => true),
    fenceSnapshot: () => saving?.(false),
  };
}

describe('a turn', () => {
  it('tells nobody anything before its commit: no answer, no refusal, no change', async () => {
    const { clock, journal, published, ask, said } = stage();
    ask('add', 5);
    await clock.settle();
    ask('meanwhile', 'peek');
    await clock.settle();
    expect(said('add')).to.equal(undefined);
    expect(said('meanwhile'), 'a read sees no state that is not committed').to.equal(undefined);
    expect(published).to.deep.equal([]);
    journal.answer();
    await clock.settle();
    expect(said('add')).to.equal(5);
    expect(said('meanwhile')).to.equal(5);
    expect(published).to.deep.equal([{ epoch: 7, revision: 1, change: 5 }]);
  });

  it('lets the change go out before anyone is answered: who was answered finds no older copy', async () => {
    const { clock, journal, told, ask } = stage();
    ask('first', 1);
    await clock.settle();
    ask('add', 5);
    ask('refused', 'no');
    for (let commit = 0; commit < 2; commit += 1) {
      journal.answer();
      await clock.settle();
    }
    expect(told).to.deep.equal(['notice 1', 'answer first', 'notice 2', 'answer add', 'answer refused']);
  });

  it('makes what came during a commit the next turn: one row for all of it', async () => {
    const { clock, journal, loop, ask, said } = stage();
    ask('first', 1);
    await clock.settle();
    for (const name of ['a', 'b', 'c']) ask(name, 10);
    expect(loop.waiting).to.equal(3);
    journal.answer();
    await clock.settle();
    expect(journal.open).to.have.length(1);
    expect(journal.open[0]?.turns.map(({ revision, epoch }) => [revision, epoch])).to.deep.equal([[2, 7]]);
    journal.answer();
    await clock.settle();
    expect(['a', 'b', 'c'].map(said), 'a later command sees the earlier ones').to.deep.equal([11, 21, 31]);
    expect(loop.stats.turns).to.equal(2);
  });

  it('without events commits nothing', async () => {
    const { clock, journal, loop, ask, said } = stage();
    ask('read', 'peek');
    ask('no', 'no');
    await clock.settle();
    expect(journal.open).to.deep.equal([]);
    expect([said('read'), said('no')]).to.deep.equal([0, 'refused']);
    expect([loop.stats.completed, loop.stats.refused]).to.deep.equal([1, 1]);
  });

  it('takes no more commands than configured, the highest lane first', async () => {
    const { clock, journal, ask, settled } = stage({ turnBatchLimit: 2 });
    journal.always = 'committed';
    ask('running', 1);
    ask('p1', 1);
    ask('p2', 1);
    ask('s', 1, { lane: 'staff' });
    ask('f', 1, { lane: 'finish' });
    await clock.settle();
    expect(settled).to.deep.equal(['running', 'f', 's', 'p1', 'p2']);
    expect(journal.rows).to.have.length(3);
  });

  it('refuses at once what the mailbox has no room for', async () => {
    const { clock, journal, ask, said } = stage({ mailboxLimit: 2 });
    ask('running', 1);
    await clock.settle();
    for (const name of ['a', 'b', 'c']) ask(name, 1);
    expect(said('c')).to.equal('overloaded');
    journal.answer();
    await clock.settle();
    journal.answer();
    await clock.settle();
    expect([said('a'), said('b')]).to.deep.equal([2, 3]);
  });

  it('gives a command whose deadline passed while it waited no effect', async () => {
    const { clock, journal, entity, ask, said } = stage();
    ask('running', 1);
    await clock.settle();
    ask('late', 100, { deadlineMs: clock.now() + 50 });
    ask('in time', 10, { deadlineMs: clock.now() + 51 });
    await clock.pass(50);
    journal.answer();
    await clock.settle();
    journal.answer();
    await clock.settle();
    expect([said('late'), said('in time'), entity.sum]).to.deep.equal(['deadline-exceeded', 11, 11]);
  });

  it('of many commands is followed by a pause that grows with them up to the limit; a small one is not', async () => {
    const { clock, journal, ask, said } = stage({ turnPaceMs: 20, turnBatchLimit: 100 });
    ask('small', 1);
    await clock.settle();
    journal.answer();
    ask('next', 1);
    await clock.settle();
    expect(journal.open, 'at once').to.have.length(1);
    for (let number = 0; number < 8; number += 1) ask(`many-${String(number)}`, 1);
    journal.answer();
    await clock.settle();
    journal.answer();
    ask('paced', 1);
    // Eight commands: 2 ms.
    await clock.pass(1);
    expect(journal.open).to.have.length(0);
    expect(said('many-7'), 'those of the turn do not wait').to.equal(10);
    for (let number = 0; number < 90; number += 1) ask(`more-${String(number)}`, 1);
    await clock.pass(1);
    expect(journal.open).to.have.length(1);
    journal.answer();
    await clock.settle();
    expect(said('paced')).to.equal(11);
    // Ninety-one would be 22.75 ms: no longer than the limit.
    ask('limited', 1);
    await clock.pass(19);
    expect(journal.open).to.have.length(0);
    await clock.pass(1);
    expect(journal.open).to.have.length(1);
    journal.answer();
    await clock.settle();
    expect(said('limited')).to.equal(102);
  });
});

describe('a turn that is not committed', () => {
  for (const [result, failure] of [
    ['fenced', 'owner-moving'],
    ['conflict', 'owner-moving'],
    [new StorageUnavailable('connection lost'), 'storage-unavailable'],
  ] as const) {
    it(`${result instanceof Error ? 'unknown' : result}: nobody is told success, and the loop asks to be dropped, once`, async () => {
      const { clock, journal, published, drops, saved, loop, ask, said } = stage();
      ask('first', 1);
      ask('read', 'peek');
      await clock.settle();
      ask('waiting', 2);
      journal.answer(result);
      await clock.settle();
      expect([said('first'), said('read'), said('waiting')]).to.deep.equal([failure, failure, failure]);
      expect(published).to.deep.equal([]);
      expect(drops.filter((reason) => reason === 'asked')).to.have.length(1);
      ask('after', 3);
      expect(said('after')).to.equal('owner-moving');
      await loop.drain();
      expect(saved, 'a state that is not in the journal is never snapshotted').to.deep.equal([]);
    });
  }

  it('because of a bug: its callers learn INTERNAL, others may ask again, nothing was written', async () => {
    const { clock, journal, drops, loop, ask, said } = stage();
    ask('running', 1);
    await clock.settle();
    ask('add', 1);
    ask('boom', 'boom');
    journal.answer();
    await clock.settle();
    expect([said('running'), said('add'), said('boom')]).to.deep.equal([1, 'internal', 'internal']);
    expect(journal.rows).to.have.length(1);
    expect(drops).to.deep.equal(['bug', 'asked']);
    await loop.drain();
  });

  it('after a snapshot was fenced meanwhile: its callers are answered all the same', async () => {
    const { clock, journal, drops, ask, said, fenceSnapshot } = stage({ snapshotMinEvents: 1 });
    ask('first', 1);
    await clock.settle();
    journal.answer();
    await clock.settle();
    ask('second', 1);
    await clock.settle();
    fenceSnapshot();
    await clock.settle();
    journal.answer('fenced');
    await clock.settle();
    expect([said('first'), said('second')]).to.deep.equal([1, 'owner-moving']);
    expect(drops).to.deep.equal(['snapshot fenced', 'asked']);
  });
});

describe('a turn loop by itself', () => {
  it('acts when its entity wants to, with one timer', async () => {
    const { clock, journal, published, ask } = stage();
    journal.always = 'committed';
    ask('wake', { wakeAtMs: clock.now() + 100 });
    await clock.settle();
    expect(clock.armed).to.equal(1);
    ask('later', { wakeAtMs: clock.now() + 200 });
    await clock.settle();
    expect(clock.armed, 'the old timer is gone').to.equal(1);
    await clock.pass(199);
    expect(published).to.have.length(2);
    await clock.pass(1);
    expect(published.at(-1)).to.deep.include({ revision: 3, change: 1_000 });
    expect(clock.armed).to.equal(0);
  });

  it('drains: finishes what it has, takes no more, snapshots, wakes no more', async () => {
    const { clock, journal, saved, loop, ask, said } = stage();
    ask('first', { wakeAtMs: clock.now() + 100 });
    await clock.settle();
    ask('waiting', 1);
    const drained = loop.drain();
    ask('too late', 1);
    expect(said('too late')).to.equal('owner-moving');
    journal.always = 'committed';
    journal.answer();
    await drained;
    expect([said('first'), said('waiting')]).to.deep.equal([0, 1]);
    expect(saved).to.deep.equal([2]);
    expect(clock.armed).to.equal(0);
  });
});

describe('a turn that changes nothing', () => {
  it('is answered only when the epoch was seen to be its own after it was asked', async () => {
    const { clock, ask, said, epochs } = stage();
    let prove: (held: boolean) => void = () => undefined;
    epochs.isHeld = () => new Promise((resolve) => (prove = resolve));
    ask('read', 'peek');
    ask('refused', 'no');
    await clock.settle();
    expect(said('read'), 'nobody has proved anything yet').to.equal(undefined);
    expect(said('refused')).to.equal(undefined);
    prove(true);
    await clock.settle();
    expect(said('read')).to.equal(0);
    expect(said('refused'), 'it came later and wants a proof of its own').to.equal(undefined);
    prove(true);
    await clock.settle();
    expect(said('refused')).to.equal('refused');
  });

  it('is proved now and then for answers that may be old, by commits too', async () => {
    const { clock, journal, ask, said, drops, epochs, allowOld } = stage();
    let proofs = 0;
    epochs.isHeld = () => Promise.resolve((proofs += 1) < 3);
    allowOld();
    const proofsAfter = async (name: string, command: TallyCommand): Promise<number> => {
      ask(name, command);
      await clock.settle();
      return proofs;
    };
    expect(await proofsAfter('first', 'peek')).to.equal(1);
    expect(await proofsAfter('soon after', 'peek')).to.equal(1);
    await clock.pass(101);
    expect(await proofsAfter('later', 'peek')).to.equal(2);
    await clock.pass(101);
    expect(await proofsAfter('a commit', 1)).to.equal(2);
    journal.answer();
    await clock.settle();
    expect(await proofsAfter('after a commit', 'peek')).to.equal(2);
    await clock.pass(101);
    expect(await proofsAfter('taken away meanwhile', 'peek')).to.equal(3);
    expect([said('later'), said('taken away meanwhile')]).to.deep.equal([0, 'owner-moving']);
    expect(drops).to.deep.equal(['fenced', 'asked']);
  });

  it('is not needed for answers that may be old while the database is away', async () => {
    const { clock, ask, said, drops, epochs, allowOld } = stage();
    epochs.isHeld = () => Promise.reject(new StorageUnavailable('away'));
    allowOld();
    ask('read', 'peek');
    await clock.settle();
    expect(said('read')).to.equal(0);
    expect(drops).to.deep.equal([]);
  });

  it('sends everyone on and ends the loop when another owner has the entity', async () => {
    const { clock, ask, said, drops, epochs } = stage();
    epochs.isHeld = () => Promise.resolve(false);
    ask('read', 'peek');
    ask('refused', 'no');
    await clock.settle();
    expect(said('read')).to.equal('owner-moving');
    expect(said('refused')).to.equal('owner-moving');
    expect(drops).to.deep.equal(['fenced', 'asked']);
  });

  it('is refused while the database cannot say, and goes on by itself later', async () => {
    const { clock, ask, said, drops, epochs } = stage();
    epochs.isHeld = () => Promise.reject(new StorageUnavailable('away'));
    ask('read', 'peek');
    await clock.settle();
    expect(said('read')).to.equal('storage-unavailable');
    expect(drops, 'nothing was at stake, so the state stays').to.deep.equal([]);
    epochs.isHeld = () => Promise.resolve(true);
    ask('later', 'peek');
    await clock.settle();
    expect(said('later')).to.equal(0);
  });
});
