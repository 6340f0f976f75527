import { expect } from 'chai';
import { localBus } from '../../src/runtime/index.js';

describe('the bus of a node alone', () => {
  it('carries messages to who listens to their topic, in order, before publish returns', () => {
    const bus = localBus<number>();
    const heard: [string, number][] = [];
    bus.subscribe('a', (message) => heard.push(['a', message]));
    bus.subscribe('b', (message) => heard.push(['b', message]));
    bus.publish('a', 1);
    bus.publish('b', 2);
    bus.publish('a', 3);
    expect(heard).to.deep.equal([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ]);
  });

  it('says that it listens before anything can be missed, once', () => {
    const bus = localBus<number>();
    const heard: unknown[] = [];
    bus.publish('a', 1);
    bus.subscribe(
      'a',
      (message) => heard.push(message),
      () => heard.push('listening'),
    );
    bus.publish('a', 2);
    expect(heard).to.deep.equal(['listening', 2]);
  });

  it('leaves alone who no longer listens, twice if told', () => {
    const bus = localBus<number>();
    const heard: number[] = [];
    const leave = bus.subscribe('a', (message) => heard.push(message));
    bus.subscribe('a', (message) => heard.push(-message));
    leave();
    leave();
    bus.publish('a', 1);
    expect(heard).to.deep.equal([-1]);
  });
});
