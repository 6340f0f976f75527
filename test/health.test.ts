import { expect } from 'chai';
import { Health } from '../src/health.js';
import { StorageUnavailable, type JournalWriter } from '../src/runtime/index.js';
import { manualClock } from './runtime/manual-clock.js';

function stage() {
  const clock = manualClock();
  const state = { away: false, commits: 0, mended: 0, told: new Array<boolean>(), gate: Promise.resolve() };
  const commit = async (): Promise<void> => {
    state.commits += 1;
    await state.gate;
    if (state.away) throw new StorageUnavailable('away');
  };
  const randomness = { token: () => 'token', fraction: () => 0 };
  const health = new Health(commit, () => (state.mended += 1), clock, randomness, {
    checkIntervalMs: 100,
    stallMs: 1_000,
  });
  health.onChange(() => state.told.push(health.isReady()));
  return { clock, state, health };
}

describe('the health of a node', () => {
  it('is ready only once it was started, and no longer when it drains', () => {
    const { state, health } = stage();
    expect(health.isReady()).to.equal(false);
    health.start();
    expect(health.isReady()).to.equal(true);
    health.drain();
    expect(health.isReady()).to.equal(false);
    expect(state.told, 'whoever watched before it started').to.deep.equal([true, false]);
    health.stop();
  });

  it('is not ready, but lives, while commits fail, and says so once', async () => {
    const { clock, state, health } = stage();
    health.start();
    await clock.settle();
    state.away = true;
    await clock.pass(300);
    expect([health.isReady(), health.isStale(), health.report().live]).to.deep.equal([false, true, true]);
    expect([state.told, state.mended > 1]).to.deep.equal([[true, false], true]);
    state.away = false;
    await clock.pass(100);
    expect([health.isReady(), health.isStale(), state.told]).to.deep.equal([true, false, [true, false, true]]);
    health.stop();
  });

  it('sees an outage at the first append that fails', async () => {
    const { health } = stage();
    health.start();
    const writer: JournalWriter<never> = health.watch({
      appendBatch: () => Promise.reject(new StorageUnavailable('away')),
    });
    await writer.appendBatch(0, []).catch(() => undefined);
    expect(health.isStale()).to.equal(true);
    health.stop();
  });

  it('does not live while a turn does not end, and says so', async () => {
    const { clock, state, health } = stage();
    let end = (): void => undefined;
    state.gate = new Promise((resolve) => (end = resolve));
    health.start();
    await clock.pass(1_000);
    expect(health.report().live).to.equal(true);
    await clock.pass(1);
    expect([health.report().live, health.isReady()]).to.deep.equal([false, false]);
    expect(state.told).to.deep.equal([true, false]);
    end();
    await clock.settle();
    expect(state.told).to.deep.equal([true, false, true]);
    health.stop();
    expect(clock.armed).to.equal(0);
  });

  it('asks nothing of the database once it has stopped, also when a commit was under way', async () => {
    const { clock, state, health } = stage();
    let finish = (): void => undefined;
    state.gate = new Promise((resolve) => (finish = resolve));
    health.start();
    await clock.settle();
    health.stop();
    state.away = true;
    finish();
    await clock.pass(10_000);
    expect([state.commits, state.mended]).to.deep.equal([1, 0]);
  });
});
