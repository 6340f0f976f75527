import { expect } from 'chai';
import { PeerMethod } from '../../../../proto/gen/cinema/cluster/v1/peer_service.js';
import { StorageUnavailable } from '../../../../src/runtime/index.js';
import { failureError, ownerMethods, type BoxOffice } from '../../../../src/transport/api/index.js';
import { decodeFailure } from '../../../../src/transport/api/routing/failure-codec.js';

/** What an owner answers a peer that asks for seat states, when asking its screening fails; and what it tells of that. */
async function answerOf(error: Error) {
  const bugs: { method: string; error: unknown }[] = [];
  const methods = ownerMethods(
    {} as BoxOffice, // no routed method is called
    { seatStates: () => Promise.reject(error), queueStatistics: () => Promise.reject(error) },
    { isHere: () => true, locate: () => undefined },
    (method, bug) => bugs.push({ method, error: bug }),
  );
  const method = PeerMethod.PEER_METHOD_GET_SEAT_STATES;
  const reply = await methods.get(method)?.({ method, entityId: 's', request: new Uint8Array(), deadlineMs: 0 });
  return { kind: reply?.kind, reason: reply?.kind === 'failed' ? decodeFailure(reply.failure).reason : '', bugs };
}

describe('what an owner tells a peer of its failures', () => {
  it('is nothing of a bug, which it logs instead', async () => {
    const bug = new Error('secret');
    const bugs = [{ method: 'PEER_METHOD_GET_SEAT_STATES', error: bug }];
    expect(await answerOf(bug)).to.deep.equal({ kind: 'failed', reason: 'INTERNAL', bugs });
  });

  it('is what the caller is to be told', async () => {
    const refused = { kind: 'failed', bugs: [] };
    const full = failureError({ kind: 'overloaded' });
    expect(await answerOf(full)).to.deep.equal({ ...refused, reason: 'OVERLOADED' });
    const away = new StorageUnavailable('gone');
    expect(await answerOf(away)).to.deep.equal({ ...refused, reason: 'STORAGE_UNAVAILABLE' });
  });

  it('is that it is not the owner while the screening moves', async () => {
    expect(await answerOf(failureError({ kind: 'owner-moving' }))).to.deep.equal({
      ...{ kind: 'not-owner', reason: '', bugs: [] },
    });
  });
});
