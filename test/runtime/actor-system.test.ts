import { expect } from 'chai';
import { openActorSystem, type ActorSystem } from '../../src/runtime/index.js';

const quiet = { warn: () => undefined };
const nothing = {
  initialize: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
  receive: () => undefined,
  metrics: () => ({}),
};

describe('comedy behind its facade', () => {
  let system: ActorSystem;
  beforeEach(async () => {
    system = await openActorSystem(quiet);
  });
  afterEach(() => system.close());

  it('leaves the signals to the node: its exit handlers are gone', async () => {
    const before = [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')];
    const another = await openActorSystem(quiet);
    expect([process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]).to.deep.equal(before);
    await another.close();
  });

  it('has an actor only once it is initialized, and hands on why it is not', async () => {
    const order: string[] = [];
    const actor = await system.spawn<string>('a', {
      ...nothing,
      initialize: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push('initialized');
      },
      receive: (message) => void order.push(message),
    });
    actor.tell('first', () => undefined);
    actor.tell('second', () => undefined);
    await actor.destroy();
    expect(order).to.deep.equal(['initialized', 'first', 'second']);
    class OwnError extends Error {}
    const refused = await system
      .spawn('b', { ...nothing, initialize: () => Promise.reject(new OwnError('no')) })
      .catch((error: unknown) => error);
    expect(refused, 'the same error, not a copy').to.be.instanceOf(OwnError);
  });

  it('leaves it to who spawns an actor to say that it failed', async () => {
    const said: string[] = [];
    const own = await openActorSystem({ warn: (message) => said.push(message) });
    await own.spawn('c', { ...nothing, initialize: () => Promise.reject(new Error('no')) }).catch(() => undefined);
    await own.close();
    expect(said).to.deep.equal([]);
  });

  it('takes any text for a name, and never calls a method by a message', async () => {
    const seen: unknown[] = [];
    for (const name of ['__proto__', 'destroy', '../x', '']) {
      const actor = await system.spawn<unknown>(name, { ...nothing, receive: (message) => void seen.push(message) });
      actor.tell('destroy', () => undefined);
      actor.tell({ toString: 1 }, () => undefined);
      await actor.destroy();
    }
    expect(seen).to.have.length(8);
  });

  it('waits for destroy, once however often it is asked', async () => {
    let destroyed = 0;
    let finish = (): void => undefined;
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const actor = await system.spawn('slow', {
      ...nothing,
      destroy: async () => {
        destroyed += 1;
        await gate;
      },
    });
    let ended = false;
    const both = Promise.all([actor.destroy(), actor.destroy()]).then(() => (ended = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).to.equal(false);
    finish();
    await both;
    expect(destroyed).to.equal(1);
  });

  it('says when an actor takes no more messages', async () => {
    const actor = await system.spawn<string>('gone', nothing);
    await actor.destroy();
    await new Promise<void>((resolve) => {
      actor.tell('too late', resolve);
    });
  });

  it('destroys every actor when it closes', async () => {
    const gone: string[] = [];
    for (const name of ['a', 'b']) {
      await system.spawn(name, {
        ...nothing,
        destroy: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          gone.push(name);
        },
      });
    }
    await Promise.all([system.close(), system.close()]);
    expect(gone).to.have.members(['a', 'b']);
  });

  it('shows its actors by name', async () => {
    await system.spawn('screening-7', nothing);
    expect(JSON.stringify(await system.tree())).to.include('screening-7');
  });
});
