import { expect } from 'chai';
import { Committer, StorageUnavailable, type TurnRecord } from '../../src/runtime/index.js';
import { manualClock } from './manual-clock.js';
import { ScriptedJournal } from './scripted-journal.js';
import { bytes } from './tally.js';

const turn = (entityId: string): TurnRecord<never> => ({
  entityId,
  epoch: 1,
  revision: 1,
  events: bytes([1]),
  wakeAtMs: null,
  projection: undefined,
});

describe('group commit', () => {
  it('puts what arrives in one moment, and while a lane is busy, into one statement', async () => {
    const journal = new ScriptedJournal();
    const clock = manualClock();
    const committer = new Committer(journal, clock, { commitLanes: 1, turnsPerCommit: 10, commitPaceMs: 0 });
    const together = [committer.append(turn('a')), committer.append(turn('b'))];
    await clock.settle();
    const meanwhile = [committer.append(turn('c')), committer.append(turn('d')), committer.append(turn('e'))];
    await clock.settle();
    expect(
      journal.open.map(({ turns }) => turns.map(({ entityId }) => entityId)),
      'one statement at a time',
    ).to.deep.equal([['a', 'b']]);
    journal.answer();
    expect(await Promise.all(together)).to.deep.equal(['committed', 'committed']);
    await clock.settle();
    expect(journal.open.map(({ turns }) => turns.map(({ entityId }) => entityId))).to.deep.equal([['c', 'd', 'e']]);
    journal.answer('fenced');
    expect(await Promise.all(meanwhile)).to.deep.equal(['fenced', 'fenced', 'fenced']);
  });

  it('keeps a pace while several entities commit, and lets one that comes alone go at once', async () => {
    const journal = new ScriptedJournal();
    const clock = manualClock();
    const committer = new Committer(journal, clock, { commitLanes: 1, turnsPerCommit: 10, commitPaceMs: 5 });
    const openIds = (): string[][] => journal.open.map(({ turns }) => turns.map(({ entityId }) => entityId));
    const all = [committer.append(turn('a')), committer.append(turn('b'))];
    await clock.settle();
    journal.answer();
    await clock.settle();
    all.push(committer.append(turn('c')));
    await clock.pass(4);
    all.push(committer.append(turn('d')));
    expect(openIds()).to.deep.equal([]);
    await clock.pass(1);
    expect(openIds(), 'both with the next').to.deep.equal([['c', 'd']]);
    journal.answer();
    await clock.pass(5);
    for (const id of ['e', 'f']) {
      all.push(committer.append(turn(id)));
      await clock.settle();
      expect(openIds(), 'alone and at once').to.deep.equal([[id]]);
      journal.answer();
      await clock.settle();
    }
    await Promise.all(all);
  });

  it('never puts more into a statement than configured', async () => {
    const journal = new ScriptedJournal();
    const clock = manualClock();
    const committer = new Committer(journal, clock, { commitLanes: 1, turnsPerCommit: 2, commitPaceMs: 0 });
    const all = ['a', 'b', 'c'].map((id) => committer.append(turn(id)));
    await clock.settle();
    expect(journal.open[0]?.turns).to.have.length(2);
    journal.answer();
    await clock.settle();
    expect(journal.open[0]?.turns).to.have.length(1);
    journal.answer();
    await Promise.all(all);
  });

  it('keeps an entity on one lane, and lets lanes commit side by side', async () => {
    const journal = new ScriptedJournal();
    const clock = manualClock();
    const committer = new Committer(journal, clock, { commitLanes: 2, turnsPerCommit: 10, commitPaceMs: 0 });
    const all = ['a', 'b', 'c', 'd'].map((id) => committer.append(turn(id)));
    await clock.settle();
    expect(journal.open.map(({ lane }) => lane)).to.have.members([0, 1]);
    const laneOfA = journal.open.find(({ turns }) => turns.some(({ entityId }) => entityId === 'a'))?.lane;
    journal.answer();
    journal.answer();
    await Promise.all(all);
    const again = committer.append(turn('a'));
    await clock.settle();
    expect(journal.open[0]?.lane).to.equal(laneOfA);
    journal.answer();
    await again;
  });

  it('tells every turn of a statement that failed, and goes on', async () => {
    const journal = new ScriptedJournal();
    const clock = manualClock();
    const committer = new Committer(journal, clock, { commitLanes: 1, turnsPerCommit: 10, commitPaceMs: 0 });
    const away = new StorageUnavailable('away');
    const both = Promise.allSettled([committer.append(turn('a')), committer.append(turn('b'))]);
    await clock.settle();
    journal.answer(away);
    expect(await both).to.deep.equal([
      { status: 'rejected', reason: away },
      { status: 'rejected', reason: away },
    ]);
    const next = committer.append(turn('a'));
    await clock.settle();
    journal.answer();
    expect(await next).to.equal('committed');
  });

  it('fails a turn the journal did not answer', async () => {
    const clock = manualClock();
    const committer = new Committer<never>({ appendBatch: () => Promise.resolve(['committed']) }, clock, {
      commitLanes: 1,
      turnsPerCommit: 10,
      commitPaceMs: 0,
    });
    const [first, second] = await Promise.allSettled([committer.append(turn('a')), committer.append(turn('b'))]);
    expect(first.status).to.equal('fulfilled');
    expect(second.status).to.equal('rejected');
  });
});
