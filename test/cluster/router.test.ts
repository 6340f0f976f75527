import { expect } from 'chai';
import { NotOwner, PeerUnreachable, Router, RouterFull, type Member } from '../../src/cluster/index.js';
import { manualClock } from '../runtime/manual-clock.js';
import { member } from './members.js';

class Moving extends Error {}

/** A router on node `me` among others, whose view is what the test says. */
function stage({ waitingMax = 10 } = {}) {
  const clock = manualClock();
  const members = new Map(['me', 'b', 'c'].map((nodeId) => [nodeId, member(nodeId)]));
  let owner: string | undefined = 'me';
  let former: string | undefined;
  let atWork = false;
  const asked: string[] = [];
  let answer: (nodeId: string) => unknown = (nodeId) => `from ${nodeId}`;
  const router = new Router(
    { nodeId: 'me', bootId: 'boot-of-me' },
    {
      ownerOf: () => (owner === undefined ? undefined : members.get(owner)),
      formerOwnerOf: () => (former === undefined ? undefined : members.get(former)),
      member: (nodeId) => members.get(nodeId),
      isAtWork: () => atWork,
    },
    (error) => error instanceof Moving,
    clock,
    { fraction: () => 1 },
    { routeRetryMs: 10, routeRetryMaxMs: 40, routeWaitingMax: waitingMax, placementCacheMax: 100 },
  );
  const ask = (nodeId: string): Promise<unknown> => {
    asked.push(nodeId);
    const said = answer(nodeId);
    return said instanceof Error ? Promise.reject(said) : Promise.resolve(said);
  };
  const route = (deadlineMs = clock.now() + 1_000): Promise<unknown> =>
    router
      .route({ entityId: 's', deadlineMs, local: () => ask('me'), remote: ({ nodeId }: Member) => ask(nodeId) })
      .catch((error: unknown) => error);
  return {
    clock,
    router,
    members,
    asked,
    route,
    view: (nodeId: string | undefined, before?: string) => {
      owner = nodeId;
      former = before;
      router.viewChanged();
    },
    isAtWorkHere: (is: boolean) => (atWork = is),
    answers: (given: typeof answer) => (answer = given),
  };
}

describe('a router', () => {
  it('does here what is here, and has a peer do the rest', async () => {
    const { route, view, asked } = stage();
    expect(await route()).to.equal('from me');
    view('b');
    expect(await route()).to.equal('from b');
    expect(asked).to.deep.equal(['me', 'b']);
  });

  it('takes another boot of its own name for a peer', async () => {
    const { router, members, route, asked, clock } = stage();
    members.set('me', member('me', { bootId: 'another' }));
    router.viewChanged();
    let wentLocal = false;
    await router.route({
      entityId: 's',
      deadlineMs: clock.now() + 100,
      local: () => Promise.resolve((wentLocal = true)),
      remote: () => Promise.resolve(true),
    });
    expect(wentLocal).to.equal(false);
    expect(router.isHere('s')).to.equal(false);
    await route();
    expect(asked).to.deep.equal(['me']);
  });

  it('follows whoever knows better without a pause, and remembers it until the view changes', async () => {
    const { route, view, asked, answers } = stage();
    view('b');
    answers((nodeId) => (nodeId === 'c' ? 'done' : new NotOwner('c')));
    expect(await route()).to.equal('done');
    expect(await route()).to.equal('done');
    expect(asked).to.deep.equal(['b', 'c', 'c']);
    view('b');
    await route();
    expect(asked.slice(3)).to.deep.equal(['b', 'c']);
  });

  it('asks whoever had the entity before the view changed, until that has handed it over', async () => {
    const { route, view, asked, answers } = stage();
    view('c', 'b');
    expect(await route()).to.equal('from b');
    answers((nodeId) => (nodeId === 'b' ? new NotOwner('c') : 'done'));
    expect(await route()).to.equal('done');
    expect(await route()).to.equal('done');
    expect(asked).to.deep.equal(['b', 'b', 'c', 'c']);
  });

  it('does not wait for a former owner that is not reached', async () => {
    const { route, view, asked, answers } = stage();
    view('c', 'b');
    answers((nodeId) => (nodeId === 'b' ? new PeerUnreachable('gone', 'unsent') : 'done'));
    expect(await route()).to.equal('done');
    expect(asked).to.deep.equal(['b', 'c']);
  });

  it('decides here what is at work here, although another should have it by now', async () => {
    const { route, view, isAtWorkHere, asked, router } = stage();
    isAtWorkHere(true);
    view('b');
    expect(await route()).to.equal('from me');
    expect(router.isHere('s')).to.equal(true);
    isAtWorkHere(false);
    router.learn('s', 'b');
    expect(router.isHere('s')).to.equal(false);
    expect(await route()).to.equal('from b');
    expect(asked).to.deep.equal(['me', 'b']);
  });

  it('as the new owner asks whoever had the entity, but does what a peer asks that was sent here', async () => {
    const { route, view, router, answers } = stage();
    view('me', 'b');
    expect(await route()).to.equal('from b');
    expect(router.isHere('s')).to.equal(true);
    answers((nodeId) => (nodeId === 'b' ? new NotOwner('me') : 'done'));
    expect(await route()).to.equal('done');
    expect(router.locate('s')?.nodeId).to.equal('me');
  });

  it('does not run in circles between two that name each other', async () => {
    const { route, view, asked, answers, clock } = stage();
    view('b');
    answers((nodeId) => new NotOwner(nodeId === 'b' ? 'c' : 'b'));
    const done = route(clock.now() + 25);
    await clock.settle();
    expect(asked, 'three hops, then a pause').to.deep.equal(['b', 'c', 'b', 'c']);
    await clock.pass(30);
    expect(await done).to.be.instanceOf(NotOwner);
  });

  for (const [what, failure] of [
    ['was not reached', new PeerUnreachable('gone', 'unsent')],
    ['left it in doubt', new PeerUnreachable('gone', 'in-doubt')],
    ['does not own it and knows nobody', new NotOwner(undefined)],
  ] as const) {
    it(`asks again when a peer ${what}, with growing pauses`, async () => {
      const { route, view, asked, answers, clock } = stage();
      view('b');
      answers(() => (asked.length < 4 ? failure : 'done'));
      const done = route();
      await clock.pass(9);
      expect(asked).to.have.length(1);
      await clock.pass(1);
      expect(asked).to.have.length(2);
      await clock.pass(20);
      expect(asked).to.have.length(3);
      await clock.pass(40);
      expect(await done).to.equal('done');
    });
  }

  it('asks elsewhere when the entity leaves this node while it is asked', async () => {
    const { route, view, asked, answers, clock } = stage();
    answers((nodeId) => (nodeId === 'me' ? new Moving() : 'done'));
    const done = route();
    await clock.settle();
    view('b');
    expect(await done, 'the view changed, so it does not wait').to.equal('done');
    expect(asked).to.deep.equal(['me', 'b']);
  });

  it('waits for a view when there is none', async () => {
    const { route, view, clock } = stage();
    view(undefined);
    const done = route();
    await clock.pass(30);
    view('me');
    expect(await done).to.equal('from me');
  });

  it('gives up before the deadline with what went wrong last', async () => {
    const { route, view, answers, clock, asked } = stage();
    view('b');
    answers(() => new PeerUnreachable('gone', 'unsent'));
    const done = route(clock.now() + 25);
    await clock.pass(25);
    expect(await done).to.be.instanceOf(PeerUnreachable);
    expect(asked, 'the third attempt would have come too late').to.have.length(2);
  });

  for (const kind of ['full', 'late'] as const) {
    it(`tells the caller at once when the link is ${kind}`, async () => {
      const { route, view, answers, asked } = stage();
      view('b');
      answers(() => new PeerUnreachable('no', kind));
      expect(await route()).to.be.instanceOf(PeerUnreachable);
      expect(asked).to.have.length(1);
    });
  }

  it('passes on what the owner said, and does not ask twice', async () => {
    const { route, answers, asked } = stage();
    const no = new Error('the seat is taken');
    answers(() => no);
    expect(await route()).to.equal(no);
    expect(asked).to.have.length(1);
  });

  it('lets no more calls wait than it may', async () => {
    const { route, view, answers, clock, router } = stage({ waitingMax: 2 });
    view('b');
    answers(() => new NotOwner(undefined));
    const waiting = [route(), route()];
    await clock.settle();
    expect(router.waiting).to.equal(2);
    expect(await route()).to.be.instanceOf(RouterFull);
    answers(() => 'done');
    await clock.pass(10);
    expect(await Promise.all(waiting)).to.deep.equal(['done', 'done']);
    expect(router.waiting).to.equal(0);
  });
});
