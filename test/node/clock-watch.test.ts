import { expect } from 'chai';
import { ClockWatch } from '../../src/node/clock-watch.js';
import { manualClock } from '../runtime/manual-clock.js';

describe('the watch on the clock', () => {
  /** @param offMs how far the database is ahead; @param tookMs how long its answer takes */
  async function look(offMs: number, tookMs = 0): Promise<string | undefined> {
    const clock = manualClock();
    const watch = new ClockWatch(clock, 1_000);
    await watch.observe(async () => {
      const theirsMs = clock.now() + offMs;
      await clock.pass(tookMs);
      return theirsMs;
    });
    expect(watch.look().ok).to.equal(!watch.isOff);
    return watch.look().detail;
  }

  it('lets a clock pass that is about right', async () => {
    expect(await look(1_000)).to.equal(undefined);
    expect(await look(-1_000)).to.equal(undefined);
  });

  it('names how far off a clock is, and which way', async () => {
    expect(await look(3_600_000)).to.equal("this machine's clock is 3600.0 s behind the database's");
    expect(await look(-3_600_000)).to.equal("this machine's clock is 3600.0 s ahead of the database's");
  });

  it('does not take a slow answer for a wrong clock', async () => {
    expect(await look(0, 5_000)).to.equal(undefined);
    expect(await look(4_000, 5_000)).to.equal(undefined);
  });

  it('says once that it went off, and once that it is right again', async () => {
    const clock = manualClock();
    const watch = new ClockWatch(clock, 1_000);
    const said: boolean[] = [];
    watch.onChange(() => said.push(watch.isOff));
    for (const offMs of [0, 9_000, 8_000, 0, 0]) await watch.observe(() => Promise.resolve(clock.now() + offMs));
    expect(said).to.deep.equal([true, false]);
  });

  it('believes nothing where there is no clock to compare with', async () => {
    const watch = new ClockWatch(manualClock(), 1_000);
    await watch.observe(() => Promise.resolve(undefined));
    expect(watch.look()).to.deep.equal({ ok: true });
  });
});
