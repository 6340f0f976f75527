import { expect } from 'chai';
import { PeerMethod, ReleaseRequest, ReleaseResponse } from '../../proto/gen/cinema/cluster/v1/peer_service.js';
import { movingMethods, type PeerReply } from '../../src/cluster/index.js';
import { member } from './members.js';

describe('a node that is asked to take a screening over', () => {
  const ask = async (owner: string, becomesReady: boolean): Promise<PeerReply | undefined> => {
    let isHere = false;
    const methods = movingMethods({
      view: () => undefined,
      ownerOf: () => member(owner),
      self: member('me'),
      router: { learn: () => undefined, forget: () => undefined },
      residents: {
        release: () => Promise.resolve(),
        bringIn: () => {
          isHere = becomesReady;
          return Promise.resolve();
        },
        isAtWork: () => isHere,
      },
      setState: () => Promise.resolve(),
    });
    const call = { method: 0, entityId: 's', request: new Uint8Array(), deadlineMs: Infinity };
    return methods.get(PeerMethod.PEER_METHOD_TAKE_OVER)?.(call, member('x'));
  };

  it('says that it has it once it has, for then the other drops it', async () => {
    expect(await ask('me', true)).to.have.property('kind', 'answered');
    expect(await ask('me', false)).to.deep.equal({ kind: 'not-owner', ownerNodeId: undefined });
  });

  it('names the owner when it is another', async () => {
    expect(await ask('y', true)).to.deep.equal({ kind: 'not-owner', ownerNodeId: 'y' });
  });
});

describe('a node that is asked to let go of a screening', () => {
  /** Whether it does, by its own view of version 5, when asked by another. */
  const letsGo = async (owner: string, viewVersion: number, viewGeneration = 'g'): Promise<boolean> => {
    const released: string[] = [];
    const methods = movingMethods({
      view: () => ({ generation: 'g', version: 5, members: [] }),
      ownerOf: () => member(owner),
      self: member('me'),
      router: { learn: () => undefined, forget: () => undefined },
      residents: {
        release: (entityId) => {
          released.push(entityId);
          return Promise.resolve();
        },
        bringIn: () => Promise.resolve(),
        isAtWork: () => true,
      },
      setState: () => Promise.resolve(),
    });
    const request = ReleaseRequest.encode({ viewGeneration, viewVersion }).finish();
    const call = { method: PeerMethod.PEER_METHOD_RELEASE, entityId: 's', request, deadlineMs: Infinity };
    const reply = await methods.get(PeerMethod.PEER_METHOD_RELEASE)?.(call, member('x'));
    if (reply?.kind !== 'answered') throw new Error('no answer');
    const answer = ReleaseResponse.decode(reply.response).released;
    expect(released).to.deep.equal(answer ? ['s'] : []);
    return answer;
  };

  it('keeps what is its own by a view at least as new', async () => {
    expect(await letsGo('me', 4)).to.equal(false);
    expect(await letsGo('me', 5), 'views that are equal place alike').to.equal(false);
    expect(await letsGo('me', 6)).to.equal(true);
    expect(await letsGo('me', 4, 'another'), 'of another generation nobody knows which is newer').to.equal(true);
  });

  it('lets go of what is not', async () => {
    expect(await letsGo('y', 4)).to.equal(true);
    expect(await letsGo('y', 5)).to.equal(true);
  });
});
