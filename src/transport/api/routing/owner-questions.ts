import {
  GetQueueStatisticsRequest,
  GetQueueStatisticsResponse,
  GetSeatStatesRequest,
  GetSeatStatesResponse,
  PeerMethod,
} from '../../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { OwnerState } from '../../../streams/index.js';
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
    decodeSeatStates,
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

export function encodeSeatStates({ epoch, revision, states, counts }: OwnerState): Uint8Array {
  return GetSeatStatesResponse.encode({
    epoch,
    revision,
    states: states === undefined ? undefined : Buffer.from(states.buffer, states.byteOffset, states.byteLength),
    counts: { ...counts },
  }).finish();
}

/** @throws ApiError when a peer answered what is not the message */
function decodeSeatStates(bytes: Uint8Array): OwnerState {
  const { epoch, revision, states, counts } = decoded(GetSeatStatesResponse, bytes);
  return { epoch, revision, states, counts: counts ?? { free: 0, held: 0, booked: 0, blocked: 0 } };
}
