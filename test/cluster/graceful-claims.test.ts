import { expect } from 'chai';
import { gracefulClaims, PeerUnreachable, type Holder, type Member } from '../../src/cluster/index.js';
import { OwnedElsewhere, StorageUnavailable } from '../../src/runtime/index.js';
import { manualClock } from '../runtime/manual-clock.js';
import { member } from './members.js';

/** Claims of node `me`; the database says who held the entity, the view who lives. */
const CLAIM = { epoch: 7, revision: 3 };

function stage(holder: Holder | undefined, living: readonly Member[] = [member('me'), member('b')]) {
  const clock = manualClock();
  const steps: string[] = [];
  let release: () => Promise<boolean> = () => Promise.resolve(true);
  const claims = gracefulClaims(
    {
      ownership: {
        claim: () => {
          steps.push('claim');
          return Promise.resolve(CLAIM);
        },
        stillHeld: () => Promise.resolve([]),
        dueBefore: () => Promise.resolve([]),
      },
      holders: { holderOf: () => Promise.resolve({ holder, epoch: 6, revision: 3 }) },
      self: { nodeId: 'me', bootId: 'boot-of-me' },
      member: (nodeId) => living.find((each) => each.nodeId === nodeId),
      askToRelease: ({ nodeId }, entityId, deadlineMs) => {
        steps.push(`${nodeId} releases ${entityId} within ${String(deadlineMs - clock.now())}`);
        return release();
      },
      clock,
      onOverruled: (_id, { nodeId }, reason) => void steps.push(`overrule ${nodeId}: ${reason}`),
    },
    { handOffTimeoutMs: 1_000 },
  );
  const claim = (): Promise<unknown> => claims.claim('s').catch((error: unknown) => error);
  return { claim, steps, releases: (given: typeof release) => (release = given) };
}

describe('a graceful claim', () => {
  it('asks a holder that lives to let go first', async () => {
    const { claim, steps } = stage({ nodeId: 'b', bootId: 'boot-of-b' });
    expect(await claim()).to.equal(CLAIM);
    expect(steps).to.deep.equal(['b releases s within 1000', 'claim']);
  });

  for (const [who, holder] of [
    ['nobody has claimed it before', undefined],
    ['this very boot held it last', { nodeId: 'me', bootId: 'boot-of-me' }],
    ['an earlier boot of this node held it', { nodeId: 'me', bootId: 'before' }],
    ['its holder is dead', { nodeId: 'gone', bootId: 'boot-of-gone' }],
    ['its holder was started again since', { nodeId: 'b', bootId: 'before' }],
  ] as const) {
    it(`claims at once when ${who}`, async () => {
      const { claim, steps } = stage(holder);
      expect(await claim()).to.equal(CLAIM);
      expect(steps).to.deep.equal(['claim']);
    });
  }

  it('overrules a holder that does not answer', async () => {
    const { claim, steps, releases } = stage({ nodeId: 'b', bootId: 'boot-of-b' });
    releases(() => Promise.reject(new PeerUnreachable('no reply', 'late')));
    expect(await claim()).to.equal(CLAIM);
    expect(steps.slice(1)).to.deep.equal(['overrule b: no reply', 'claim']);
  });

  it('leaves it to a holder that keeps it by a newer view', async () => {
    const { claim, steps, releases } = stage({ nodeId: 'b', bootId: 'boot-of-b' });
    releases(() => Promise.resolve(false));
    expect(await claim()).to.be.instanceOf(OwnedElsewhere);
    expect(steps).to.have.length(1);
  });

  it('claims nothing when asking went wrong in a way nobody foresaw', async () => {
    const { claim, steps, releases } = stage({ nodeId: 'b', bootId: 'boot-of-b' });
    releases(() => Promise.reject(new StorageUnavailable('away')));
    expect(await claim()).to.be.instanceOf(StorageUnavailable);
    expect(steps).to.have.length(1);
  });
});
