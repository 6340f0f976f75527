import { expect } from 'chai';
import { HostClock } from './host-clock.js';
import { Host } from './host.js';
import { Kernel } from './kernel.js';
import { promisesAsMicrotasks } from './microtasks.js';
import { prng } from '../../support/prng.js';

function stage() {
  const kernel = new Kernel();
  const host = new Host('host');
  host.start();
  const seen: string[] = [];
  const see = (what: string) => (): void => void seen.push(`${String(kernel.nowMs)} ${what}`);
  return { kernel, host, seen, see };
}

describe('the kernel', () => {
  it('lets things happen in the order of time, and of their making at one moment', async () => {
    const { kernel, seen, see } = stage();
    kernel.schedule(undefined, 20, see('late'));
    kernel.schedule(undefined, 10, see('first'));
    kernel.schedule(undefined, 10, see('second'));
    kernel.schedule(undefined, 30, see('never'));
    await kernel.run(25);
    expect(seen).to.deep.equal(['10 first', '10 second', '20 late']);
    expect(kernel.nowMs).to.equal(25);
  });

  it('keeps the order of many', async () => {
    const { kernel } = stage();
    const chance = prng(1);
    const times: number[] = [];
    for (let count = 0; count < 500; count += 1)
      kernel.schedule(undefined, chance.whole(0, 50), () => times.push(kernel.nowMs));
    await kernel.run(50);
    expect(times).to.have.length(500);
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
  });

  it('finishes what an event sets off before the next, however many promises that takes', async () => {
    const { kernel, seen, see } = stage();
    const slowly = async (): Promise<void> => {
      for (let hop = 0; hop < 1_000; hop += 1) await Promise.resolve();
      see('done')();
    };
    kernel.schedule(undefined, 1, () => void slowly());
    kernel.schedule(undefined, 1, see('next'));
    await kernel.run(1);
    expect(seen).to.deep.equal(['1 done', '1 next']);
  });

  it('forgets what is cancelled, and stops when told to', async () => {
    const { kernel, seen, see } = stage();
    kernel.schedule(undefined, 1, see('cancelled')).cancel();
    kernel.schedule(undefined, 2, see('two'));
    kernel.schedule(undefined, 3, see('three'));
    await kernel.run(10, () => seen.length === 1);
    expect(seen).to.deep.equal(['2 two']);
    await kernel.run(10);
    expect(seen).to.deep.equal(['2 two', '3 three']);
  });
});

describe('a host', () => {
  it('takes what happened while it was frozen when it wakes up, in order', async () => {
    const { kernel, host, seen, see } = stage();
    host.pause();
    kernel.schedule(host, 2, see('b'));
    kernel.schedule(host, 1, see('a'));
    const cancelled = kernel.schedule(host, 3, see('cancelled while it was frozen'));
    kernel.schedule(undefined, 4, () => {
      cancelled.cancel();
    });
    await kernel.run(5);
    expect(seen).to.deep.equal([]);
    host.resume();
    kernel.schedule(host, 0, see('c'));
    await kernel.run(5);
    expect(seen).to.deep.equal(['5 a', '5 b', '5 c']);
  });

  it('wakes up when everybody who froze it lets go', async () => {
    const { kernel, host, seen, see } = stage();
    host.pause();
    host.pause();
    kernel.schedule(host, 1, see('a'));
    host.resume();
    await kernel.run(2);
    expect(seen).to.deep.equal([]);
    host.resume();
    await kernel.run(2);
    expect(seen).to.deep.equal(['2 a']);
  });

  it('never finishes what it began before a crash, also what was held back', async () => {
    const { kernel, host, seen, see } = stage();
    kernel.schedule(host, 1, see('held back'));
    kernel.schedule(host, 9, see('of the first boot'));
    host.pause();
    await kernel.run(2);
    host.onCrash(see('mourned'));
    host.crash();
    host.crash();
    host.resume();
    kernel.schedule(host, 1, see('while it is down'));
    await kernel.run(4);
    host.start();
    kernel.schedule(host, 1, see('of the second boot'));
    await kernel.run(20);
    expect(seen).to.deep.equal(['2 mourned', '5 of the second boot']);
    expect(() => {
      host.start();
    }).to.throw('runs already');
  });
});

describe("a host's clock", () => {
  const clockOf = (offsetMs: number, rate: number) => {
    const { kernel, host, seen, see } = stage();
    return { kernel, host, seen, see, clock: new HostClock(kernel, host, { offsetMs, rate }, prng(1)) };
  };

  it('is wrong as told, and its timers with it, but never early', async () => {
    const { kernel, clock } = clockOf(500, 2);
    const start = clock.now();
    let firedAtMs = 0;
    clock.after(100, () => (firedAtMs = kernel.nowMs));
    await kernel.run(1_000);
    expect(clock.now() - start).to.equal(2_000);
    expect(clock.monotonic()).to.equal(2_000);
    expect(firedAtMs, 'in true time').to.be.within(50, 52);
    clock.set(-10_000);
    expect(clock.now() - start).to.equal(-8_000);
    expect(clock.monotonic(), 'does not notice').to.equal(2_000);
  });

  it('knows its timers, and jumps over the time it was frozen', async () => {
    const { kernel, host, clock, seen, see } = clockOf(0, 1);
    clock.after(10, see('timer'));
    clock.after(10, see('cancelled')).cancel();
    expect(clock.armed).to.equal(1);
    host.pause();
    await kernel.run(500);
    host.resume();
    await kernel.run(500);
    expect(seen).to.deep.equal(['500 timer']);
    expect(clock.armed).to.equal(0);
    expect(clock.monotonic()).to.equal(500);
  });

  it('keeps the order of what is to be done soon', async () => {
    const { kernel, clock } = clockOf(0, 1);
    const order: number[] = [];
    for (let each = 0; each < 50; each += 1) clock.soon(() => order.push(each));
    await kernel.run(10);
    expect(order).to.deep.equal(Array.from({ length: 50 }, (_, each) => each));
  });
});

describe("comedy's promises", () => {
  it('are microtasks only while a simulation wants it', async () => {
    const { openActorSystem } = await import('../../../src/runtime/index.js');
    const opensWithin = async (): Promise<boolean> => {
      let isOpen = false;
      void openActorSystem({ warn: () => undefined }).then((system) => {
        isOpen = true;
        return system.close();
      });
      await new Promise((resolve) => setImmediate(resolve));
      return isOpen;
    };
    const restore = promisesAsMicrotasks();
    expect(await opensWithin()).to.equal(true);
    restore();
    expect(await opensWithin()).to.equal(false);
  });
});
