import {
  GetQueueStatisticsRequest,
  GetQueueStatisticsResponse,
  GetSeatStatesRequest,
  PeerMethod,
} from '../../../../proto/gen/cinema/cluster/v1/peer_service.js';
import { decodeOwnerState, type OwnerState } from '../../../streams/index.js';
import type { OwnerCaller } from './peer-caller.js';
import { decoded } from './routed-methods.js';

/**
 * What a replica asks the owner, wherever it is.
 * @param knownRevision the revision the asker has; undefined to be sent everything
 * @param here asks the screening on this node
 * @throws ApiError
 */
export function seatStatesOfOwner(
  owners: OwnerCaller,
  screeningId: string,
  knownRevision: number | undefined,
  deadlineMs: number,
  here: () => Promise<OwnerState>,
): Promise<OwnerState> {
  return owners.call(
    PeerMethod.PEER_METHOD_GET_SEAT_STATES,
    screeningId,
    deadlineMs,
    here,
    () => GetSeatStatesRequest.encode({ knownRevision }).finish(),
    decodeOwnerState,
  );
}

/** Queue statistics of a screening as its owner shows them. @throws ApiError */
export function queueStatisticsOfOwner(
  owners: OwnerCaller,
  screeningId: string,
  deadlineMs: number,
  here: () => Promise<object>,
): Promise<object> {
  return owners.call(
    PeerMethod.PEER_METHOD_GET_QUEUE_STATISTICS,
    screeningId,
    deadlineMs,
    here,
    () => GetQueueStatisticsRequest.encode({}).finish(),
    (response) => objectIn(decoded(GetQueueStatisticsResponse, response).json),
  );
}

/** What a peer sent is JSON of an object, or the peer is broken. */
function objectIn(json: string): object {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) throw new TypeError('a peer answered JSON that is no object');
  return value;
}
