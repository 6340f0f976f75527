import { expect } from 'chai';
import type { SeatFrame } from '../../src/streams/index.js';
import { deltas, stage } from './hub-stage.js';
import { Free, Held, states } from './stage.js';

const kinds = (frames: readonly SeatFrame[]): string[] =>
  frames.map((frame) => (frame.kind === 'reset' ? `reset ${frame.reason}` : frame.kind));

/** What became of a promise, without waiting for it. */
function fate(promise: Promise<unknown>): { of: 'pending' | 'done' | 'failed' } {
  const fateOf: ReturnType<typeof fate> = { of: 'pending' };
  promise.then(
    () => (fateOf.of = 'done'),
    () => (fateOf.of = 'failed'),
  );
  return fateOf;
}

describe('a viewer who comes from another node', () => {
  it('waits until this node is where it has been, and goes on from there', async () => {
    const { clock, owner, hub, happen, view } = stage({ frameIntervalMs: 0 });
    const { stream } = await view();
    for (const seat of [0, 1, 2]) happen({ [seat]: Held }, { lost: true });
    const token = stream.resumeToken({ epoch: 1, revision: 4 });
    owner.away = new Error('away');
    const reached = fate(stream.reach(token, clock.now() + 5_000));
    await clock.pass(400);
    expect(reached.of).to.equal('pending');
    owner.away = undefined;
    await clock.pass(400);
    expect(reached.of).to.equal('done');
    expect(stream.opening(token)).to.deep.equal([{ kind: 'progress', epoch: 1, revision: 4, stale: false }]);
    hub.close();
  });

  it('gets a new map when it is amid revisions this node never saw: a seat may have changed and changed back', async () => {
    for (const frameIntervalMs of [0, 500]) {
      const { clock, hub, happen, view } = stage({ frameIntervalMs });
      const { stream, frames } = await view();
      happen({ 5: Held });
      happen({ 0: Held }, { lost: true });
      happen({ 0: Free }, { lost: true });
      await stream.reach(stream.resumeToken({ epoch: 1, revision: 3 }), clock.now() + 1_000);
      const openedAt = (revision: number) => kinds(stream.opening(stream.resumeToken({ epoch: 1, revision })));
      expect(openedAt(3)).to.deep.equal(['reset COMPACTED', 'snapshot']);
      const [beforeIt, afterIt] = frameIntervalMs === 0 ? ['delta', 'progress'] : ['progress', 'progress'];
      expect([openedAt(2), openedAt(4)]).to.deep.equal([[beforeIt], [afterIt]]);
      await clock.pass(500);
      expect(deltas(frames).at(-1), 'who saw what this node saw needs none of it').to.deep.equal([2, 4, {}]);
      expect(openedAt(3), 'nor once it is in a frame').to.deep.equal(['reset COMPACTED', 'snapshot']);
      hub.close();
    }
  });

  it('waits no longer when the bus brings what it has seen', async () => {
    const { clock, owner, hub, happen, view } = stage({ frameIntervalMs: 0 });
    const { stream } = await view();
    owner.away = new Error('away');
    const token = stream.resumeToken({ epoch: 1, revision: 3 });
    const reached = fate(stream.reach(token, Infinity));
    happen({ 0: Held });
    await clock.settle();
    expect(reached.of).to.equal('pending');
    happen({ 1: Held });
    await clock.settle();
    expect(reached.of).to.equal('done');
    expect(kinds(stream.opening(token))).to.deep.equal(['progress']);
    hub.close();
  });

  it('waits for the owner it has heard of, not for a former one', async () => {
    const { clock, owner, hub, view } = stage();
    const { stream } = await view();
    const token = stream.resumeToken({ epoch: 2, revision: 1 });
    const reached = fate(stream.reach(token, Infinity));
    await clock.pass(700);
    expect(reached.of).to.equal('pending');
    expect(owner.askedAtMs, 'asked again with growing pauses').to.deep.equal([0, 0, 50, 150, 350]);
    owner.epoch = 2;
    await clock.pass(50);
    expect(reached.of).to.equal('done');
    expect(stream.opening(token)).to.deep.equal([{ kind: 'progress', epoch: 2, revision: 1, stale: false }]);
    hub.close();
  });

  it('is not kept waiting for a place nobody has been, and is told so', async () => {
    const { clock, owner, hub, happen, view } = stage();
    const { stream } = await view();
    happen({ 0: Held }, { lost: true });
    const token = stream.resumeToken({ epoch: 1, revision: 9 });
    const reached = fate(stream.reach(token, Infinity));
    await clock.settle();
    expect(reached.of).to.equal('done');
    expect(owner.asked).to.have.length(2);
    expect(kinds(stream.opening(token))).to.deep.equal(['reset RESUME_TOKEN_UNKNOWN', 'snapshot']);
    expect([...stream.view().states], 'of now').to.deep.equal([...states({ 0: Held })]);
    hub.close();
  });

  it('does not believe an answer that was under way before it came', async () => {
    const { clock, owner, hub, happen, view } = stage();
    const { stream } = await view();
    let shown: number | undefined;
    const token = stream.resumeToken({ epoch: 1, revision: 2 });
    owner.beforeAnswer = () => {
      owner.beforeAnswer = () => undefined;
      happen({ 0: Held }, { lost: true });
      void stream.reach(token, Infinity).then(() => (shown = stream.view().revision));
    };
    hub.catchUp();
    await clock.settle();
    expect(shown).to.equal(2);
    hub.close();
  });

  it('is sent to try again when this node does not get there in time', async () => {
    const { clock, owner, hub, view } = stage();
    const { stream } = await view();
    owner.away = new Error('away');
    const reaching = stream.reach(stream.resumeToken({ epoch: 1, revision: 2 }), clock.now() + 700);
    const reached = fate(reaching);
    await clock.pass(699);
    expect(reached.of).to.equal('pending');
    await clock.pass(1);
    expect(reached.of).to.equal('failed');
    expect(await reaching.catch((error: unknown) => error)).to.have.property('message', 'too late');
    hub.close();
  });

  it('is sent to try again when the node stops', async () => {
    const { clock, owner, hub, view } = stage();
    const { stream } = await view();
    owner.away = new Error('away');
    const reached = fate(stream.reach(stream.resumeToken({ epoch: 1, revision: 2 }), Infinity));
    await clock.settle();
    hub.close();
    await clock.settle();
    expect(reached.of).to.equal('failed');
    expect(clock.armed, 'no timer is left').to.equal(0);
  });

  it('does not wait without a token, with one this node has passed, or with one that says nothing', async () => {
    const { clock, owner, hub, happen, view } = stage();
    const { stream } = await view();
    happen({ 0: Held });
    owner.away = new Error('away');
    for (const token of [
      undefined,
      'garbage',
      stream.resumeToken({ epoch: 1, revision: 1 }),
      stream.resumeToken({ epoch: 1, revision: 2 }),
    ]) {
      await stream.reach(token, clock.now() + 1);
    }
    expect(owner.asked).to.deep.equal([undefined]);
    hub.close();
  });
});

describe('a viewer who comes while changes wait for their frame', () => {
  it('is never told of a revision before the one it was shown', async () => {
    const { clock, hub, happen, view } = stage({ frameIntervalMs: 900, progressIntervalMs: 1_000 });
    const { stream, frames } = await view();
    happen({ 0: Held });
    await clock.pass(900);
    happen({ 1: Held });
    await clock.pass(50);
    happen({ 2: Held });
    const [snapshot] = stream.opening(undefined);
    expect(snapshot).to.have.nested.property('view.revision', 4);
    frames.length = 0;
    await clock.pass(51);
    expect(frames, 'no progress that names 3').to.deep.equal([]);
    await clock.pass(1_000);
    expect(deltas(frames)).to.deep.equal([[3, 4, { 2: Held }]]);
    expect(frames.some(({ kind }) => kind === 'progress')).to.equal(true);
    hub.close();
  });
});
