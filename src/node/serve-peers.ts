import type { PeerCall, PeerIdentity, PeerReply, ServePeer } from '../cluster/index.js';
import type { Log } from '../telemetry/index.js';
import { ApiError, encodeFailure } from '../transport/api/index.js';

/** Answers one method of the peer link; may reject, which is a bug. */
export type PeerMethodHandler = (call: PeerCall, from: PeerIdentity) => Promise<PeerReply>;

/** Answers peers' calls by method. What a peer should not have asked, and what goes wrong here, hurts that call alone. */
export function servePeers(handlers: ReadonlyMap<number, PeerMethodHandler>, log: Log): ServePeer {
  return async (call, from) => {
    const handler = handlers.get(call.method);
    if (handler === undefined) return failed(new ApiError('UNIMPLEMENTED', 'UNIMPLEMENTED', 'no such peer method'));
    try {
      return await handler(call, from);
    } catch (err) {
      log.error({ err, peer: from.nodeId, method: call.method }, 'a call of a peer failed');
      return failed(new ApiError('INTERNAL', 'INTERNAL', 'internal error'));
    }
  };
}

function failed(error: ApiError): PeerReply {
  return { kind: 'failed', failure: encodeFailure(error) };
}
