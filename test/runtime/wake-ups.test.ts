import { expect } from 'chai';
import { StorageUnavailable, WakeUps } from '../../src/runtime/index.js';
import { manualClock } from './manual-clock.js';

function stage(wakeUpsPerScan = 10) {
  const clock = manualClock();
  const due: { entityId: string; wakeAtMs: number }[] = [];
  const asked: { readonly untilMs: number; readonly limit: number }[] = [];
  const woken: string[] = [];
  const bugs: unknown[] = [];
  const state: { away: boolean; bug?: Error | undefined } = { away: false };
  const ownership = {
    dueBefore: (untilMs: number, limit: number) => {
      asked.push({ untilMs, limit });
      if (state.away) return Promise.reject(new StorageUnavailable('away'));
      if (state.bug !== undefined) return Promise.reject(state.bug);
      return Promise.resolve(due.filter(({ wakeAtMs }) => wakeAtMs <= untilMs).slice(0, limit));
    },
  };
  const limits = { wakeUpScanMs: 1_000, wakeUpsPerScan };
  const wakeUps = new WakeUps(
    ownership,
    (id) => woken.push(id),
    (error) => bugs.push(error),
    clock,
    limits,
  );
  return { clock, due, asked, woken, bugs, state, wakeUps };
}

describe('wake-ups', () => {
  it('wake who is due, when it is due; those overdue at once', async () => {
    const { clock, due, woken, wakeUps } = stage();
    due.push({ entityId: 'overdue', wakeAtMs: clock.now() - 5_000 }, { entityId: 'soon', wakeAtMs: clock.now() + 400 });
    due.push({ entityId: 'later', wakeAtMs: clock.now() + 1_500 });
    wakeUps.start();
    await clock.pass(0);
    expect(woken).to.deep.equal(['overdue']);
    due.splice(0, 1);
    await clock.pass(399);
    expect(woken).to.deep.equal(['overdue']);
    await clock.pass(1);
    expect(woken).to.deep.equal(['overdue', 'soon']);
    due.splice(0, 1);
    await clock.pass(1_099);
    expect(woken).to.have.length(2);
    await clock.pass(1);
    expect(woken).to.deep.equal(['overdue', 'soon', 'later']);
    wakeUps.stop();
  });

  it('ask for no more than configured at a time', async () => {
    const { clock, asked, wakeUps } = stage(3);
    wakeUps.start();
    await clock.settle();
    expect(asked).to.deep.equal([{ untilMs: clock.now() + 1_000, limit: 3 }]);
    wakeUps.stop();
  });

  it('go on after an outage', async () => {
    const { clock, due, woken, bugs, state, wakeUps } = stage();
    due.push({ entityId: 'a', wakeAtMs: clock.now() });
    state.away = true;
    wakeUps.start();
    await clock.pass(2_500);
    expect(woken).to.deep.equal([]);
    state.away = false;
    await clock.pass(1_000);
    expect(woken).to.include('a');
    expect(bugs).to.deep.equal([]);
    wakeUps.stop();
  });

  it('go on after an error nobody expected, and tell of it once until a scan succeeds', async () => {
    const { clock, due, woken, bugs, state, wakeUps } = stage();
    const bug = new Error('column "wake_at" does not exist');
    due.push({ entityId: 'a', wakeAtMs: clock.now() });
    state.bug = bug;
    wakeUps.start();
    await clock.pass(2_500);
    expect(bugs).to.deep.equal([bug]);
    state.bug = undefined;
    await clock.pass(1_000);
    expect(woken).to.include('a');
    state.bug = bug;
    await clock.pass(2_000);
    expect(bugs).to.deep.equal([bug, bug]);
    wakeUps.stop();
  });

  it('stop: no scan and no wake-up after that', async () => {
    const { clock, due, asked, woken, wakeUps } = stage();
    due.push({ entityId: 'a', wakeAtMs: clock.now() + 500 });
    wakeUps.start();
    await clock.settle();
    wakeUps.stop();
    wakeUps.stop();
    await clock.pass(10_000);
    expect(woken).to.deep.equal([]);
    expect(asked).to.have.length(1);
    expect(clock.armed).to.equal(0);
  });

  it('stop while the store is being asked: what it answers wakes nobody', async () => {
    const { clock, due, asked, woken, wakeUps } = stage();
    due.push({ entityId: 'a', wakeAtMs: clock.now() });
    wakeUps.start();
    expect(asked).to.have.length(1);
    wakeUps.stop();
    await clock.pass(10_000);
    expect(woken).to.deep.equal([]);
    expect(asked).to.have.length(1);
    expect(clock.armed).to.equal(0);
  });
});
