import { expect } from 'chai';
import { PeerUnreachable, Router, type PeerReply } from '../../../../src/cluster/index.js';
import { failureError, isMoving, ownerCaller } from '../../../../src/transport/api/index.js';
import { ApiError } from '../../../../src/transport/api/api-error.js';
import type { Failure } from '../../../../src/runtime/index.js';
import { manualClock } from '../../../runtime/manual-clock.js';
import { member } from '../../../cluster/members.js';

const [here, there] = [member('a'), member('b')];

/** A call that goes to a peer first, and when that one fails is done here. */
async function callThenHere(first: () => Promise<PeerReply>, local: () => Promise<string>): Promise<unknown> {
  const clock = manualClock();
  let owner = there;
  const router = new Router(
    here,
    {
      ownerOf: () => owner,
      formerOwnerOf: () => undefined,
      member: (nodeId) => [here, there].find((each) => each.nodeId === nodeId),
      isAtWork: () => false,
    },
    isMoving,
    clock,
    { fraction: () => 0.5 },
    { routeRetryMs: 1, routeRetryMaxMs: 5, routeWaitingMax: 10, placementCacheMax: 10 },
  );
  const call = (): Promise<PeerReply> => {
    owner = here;
    return first();
  };
  const owners = ownerCaller(router, { call });
  const asked = owners.call(5, 's', clock.now() + 1_000, local, () => new Uint8Array(), String);
  const settled = asked.catch((error: unknown) => error);
  await clock.pass(10);
  return settled;
}

const lost = (kind: PeerUnreachable['kind']) => () => Promise.reject(new PeerUnreachable('the link broke', kind));
const refuse = (kind: Failure['kind']) => () => Promise.reject(failureError({ kind }));

describe('a call whose first owner was lost before it answered', () => {
  it('is answered by the next: a request that was done is known again', async () => {
    expect(await callThenHere(lost('in-doubt'), () => Promise.resolve('done'))).to.equal('done');
  });

  it('is not said to have had no effect when the next does not look at it', async () => {
    const late = await callThenHere(lost('in-doubt'), refuse('deadline-exceeded'));
    expect(late).to.be.instanceOf(ApiError).and.include({ code: 'DEADLINE_EXCEEDED' });
    expect(late).to.have.property('message').that.contains('the outcome is not known');
    const full = await callThenHere(lost('in-doubt'), refuse('overloaded'));
    expect(full).to.include({ code: 'UNAVAILABLE', reason: 'OWNER_UNREACHABLE' });
    expect(full).to.have.nested.property('details[0].kind', 'retry-info');
  });

  it('is told what the next decided', async () => {
    expect(await callThenHere(lost('in-doubt'), refuse('not-found'))).to.include({ code: 'NOT_FOUND' });
  });

  it('had no effect when it was never sent', async () => {
    const late = await callThenHere(lost('unsent'), refuse('deadline-exceeded'));
    expect(late).to.have.property('message').that.contains('it had no effect');
    expect(await callThenHere(lost('unsent'), refuse('overloaded'))).to.include({ reason: 'OVERLOADED' });
  });
});
