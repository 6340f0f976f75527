import { expect } from 'chai';
import { PeerMethod } from '../../proto/gen/cinema/cluster/v1/peer_service.js';
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
