import { expect } from 'chai';
import { DeadlineWatch } from '../../../src/transport/peer/deadline-watch.js';
import { Heartbeat } from '../../../src/transport/peer/heartbeat.js';
import { reconnectPauseMs } from '../../../src/transport/peer/reconnect-pause.js';
import { manualClock, type ManualClock } from '../../runtime/manual-clock.js';

describe('the watch over deadlines', () => {
  let clock: ManualClock;
  let open: Set<number>;
  let looks: number;
  let watch: DeadlineWatch;

  beforeEach(() => {
    clock = manualClock(0);
    open = new Set();
    looks = 0;
    watch = new DeadlineWatch(clock, (nowMs) => {
      looks += 1;
      for (const deadlineMs of open) if (deadlineMs <= nowMs) open.delete(deadlineMs);
      return Math.min(Infinity, ...open);
    });
  });

  const add = (deadlineMs: number): void => {
    open.add(deadlineMs);
    watch.add(deadlineMs);
  };

  it('has one timer for all of them', async () => {
    for (let deadlineMs = 10_000; deadlineMs < 11_000; deadlineMs += 1) add(deadlineMs);
    expect(clock.armed).to.equal(1);
    await clock.pass(9_999);
    expect(looks).to.equal(0);
    await clock.pass(1_021);
    expect(open.size).to.equal(0);
    expect(looks).to.be.at.most(1_000 / 20 + 1);
    expect(clock.armed).to.equal(0);
  });

  it('notices each soon after it passed', async () => {
    for (const deadlineMs of [500, 100, 300]) add(deadlineMs);
    for (const deadlineMs of [100, 300, 500]) {
      await clock.pass(deadlineMs - clock.now() - 1);
      expect(open.has(deadlineMs), `before ${deadlineMs}`).to.equal(true);
      await clock.pass(21);
      expect(open.has(deadlineMs), `after ${deadlineMs}`).to.equal(false);
    }
  });

  it('notices one that has passed already', async () => {
    await clock.pass(1_000);
    add(400);
    await clock.pass(20);
    expect(open.size).to.equal(0);
  });

  it('stops, and starts again', async () => {
    add(100);
    watch.stop();
    watch.stop();
    expect(clock.armed).to.equal(0);
    add(200);
    await clock.pass(220);
    expect(open.size).to.equal(0);
  });

  it('needs no timer for what has no deadline', () => {
    add(Infinity);
    expect(clock.armed).to.equal(0);
  });
});

describe('the heartbeat', () => {
  let clock: ManualClock;
  let isAlive: boolean;
  let pings: number;
  let silentAtMs: number | undefined;
  let heartbeat: Heartbeat;

  beforeEach(() => {
    clock = manualClock(0);
    isAlive = true;
    pings = 0;
    silentAtMs = undefined;
    heartbeat = new Heartbeat(
      clock,
      400,
      (heard) => {
        pings += 1;
        if (isAlive) heard();
      },
      () => (silentAtMs = clock.now()),
    );
  });

  it('lets live who answers', async () => {
    await clock.pass(10_000);
    expect(silentAtMs).to.equal(undefined);
    expect(pings).to.be.greaterThan(50);
    heartbeat.stop();
    heartbeat.stop();
    expect(clock.armed).to.equal(0);
  });

  it('gives up who does not, within the silence', async () => {
    await clock.pass(1_000);
    isAlive = false;
    await clock.pass(299);
    expect(silentAtMs).to.equal(undefined);
    await clock.pass(101);
    expect(silentAtMs).to.be.within(1_300, 1_400);
    expect(clock.armed).to.equal(0);
  });

  it('takes anything that comes for a sign of life', async () => {
    isAlive = false;
    for (let times = 0; times < 20; times += 1) {
      await clock.pass(200);
      heartbeat.heard();
    }
    expect(silentAtMs).to.equal(undefined);
  });

  it('gives nobody up because this process was frozen', async () => {
    // Timers that became due meanwhile run once and late; the answers are read after them.
    let run: (() => void) | undefined;
    const frozen = new Heartbeat(
      { ...clock, after: (_delayMs, ring) => ((run = ring), { cancel: () => undefined }) },
      400,
      () => undefined,
      () => (silentAtMs = clock.now()),
    );
    run?.();
    run?.();
    expect(silentAtMs).to.equal(undefined);
    frozen.heard();
    run?.();
    run?.();
    expect(silentAtMs).to.equal(undefined);
  });
});

describe('the pause before a peer is called again', () => {
  const pause = (failures: number, fraction: number): number =>
    reconnectPauseMs(failures, 1_000, { fraction: () => fraction });

  it('doubles, up to the longest', () => {
    expect([1, 2, 3, 4, 5, 6, 60, 2_000].map((failures) => pause(failures, 1))).to.deep.equal([
      50, 100, 200, 400, 800, 1_000, 1_000, 1_000,
    ]);
  });

  it('is half chance', () => {
    expect(pause(3, 0)).to.equal(100);
    expect(pause(3, 0.5)).to.equal(150);
  });
});
