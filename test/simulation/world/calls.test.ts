import { expect } from 'chai';
import { Host } from '../kernel/host.js';
import { Kernel } from '../kernel/kernel.js';
import { prng } from '../../support/prng.js';
import { Calls } from './calls.js';
import { CALM, Network, type Weather } from './network.js';

function stage(weather: Partial<Weather> = {}) {
  const kernel = new Kernel();
  const network = new Network(kernel, prng(1));
  network.weather = { ...CALM, ...weather };
  const calls = new Calls(kernel, network);
  const [from, to] = [new Host('from'), new Host('to')];
  from.start();
  to.start();
  let served = 0;
  const call = async (serve: () => Promise<string> = () => Promise.resolve('reply')): Promise<string> => {
    let said = 'nothing';
    const options = { what: 'call', timeoutMs: 2_000, mayRepeat: true };
    const work = calls.make(from, to, options, () => {
      served += 1;
      return serve();
    });
    void work.then((outcome) => (said = outcome.kind === 'replied' ? outcome.reply : outcome.kind));
    await kernel.run(kernel.nowMs + 5_000);
    return said;
  };
  return { kernel, network, from, to, call, served: () => served };
}

describe('a call between hosts', () => {
  it('is served once and answered', async () => {
    const { call, served } = stage();
    expect(await call()).to.equal('reply');
    expect(served()).to.equal(1);
  });

  it('arrives twice where the weather says so, and is answered once', async () => {
    const { call, served } = stage({ duplicateChance: 1 });
    expect(await call()).to.equal('reply');
    expect(served()).to.equal(2);
  });

  it('is unsent when nobody is there', async () => {
    const { to, call, served } = stage();
    to.crash();
    expect([await call(), served()]).to.deep.equal(['unsent', 0]);
  });

  it('is in doubt when it gets lost, or its answer does', async () => {
    const lost = stage({ lossChance: 1 });
    expect([await lost.call(), lost.served()]).to.deep.equal(['in-doubt', 0]);
    const { network, from, to, call, served } = stage();
    network.cut(to, from);
    expect([await call(), served()]).to.deep.equal(['in-doubt', 1]);
  });

  it('is in doubt when whoever serves it dies, or will not say', async () => {
    const { to, call } = stage();
    const dies = call(() => {
      to.crash();
      return new Promise(() => undefined);
    });
    expect(await dies).to.equal('in-doubt');
    expect(await stage().call(() => Promise.reject(new Error('no')))).to.equal('in-doubt');
  });

  it('is late when the answer takes too long', async () => {
    expect(await stage().call(() => new Promise(() => undefined))).to.equal('late');
  });

  it('tells a caller that has started anew nothing of its former life', async () => {
    const { kernel, from, call } = stage();
    const answer = call();
    from.crash();
    from.start();
    await kernel.run(10_000);
    expect(await answer).to.equal('nothing');
  });

  it('does not get through a cut, in its direction only, until everybody has mended it', async () => {
    const { network, from, to, call } = stage();
    const mends = [network.cut(from, to), network.cut(from, to)];
    expect(await call()).to.be.oneOf(['unsent', 'in-doubt']);
    mends[0]?.();
    mends[0]?.();
    expect(await call()).to.be.oneOf(['unsent', 'in-doubt']);
    mends[1]?.();
    expect(await call()).to.equal('reply');
  });
});
