import {
  GetQueueStatisticsResponse,
  GetSeatStatesRequest,
  PeerMethod,
} from '../../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { PeerCall, PeerReply, Router } from '../../../cluster/index.js';
import { encodeOwnerState, type OwnerState } from '../../../streams/index.js';
import type { BoxOffice, Method } from '../box-office.js';
import { edgeError, type OnBug } from '../guard.js';
import { encodeFailure } from './failure-codec.js';
import { isMoving } from './peer-caller.js';
import { decoded, routedMethods, type RoutedMethod, type RoutedName } from './routed-methods.js';

/** Answers one peer method. Never rejects. */
export type PeerHandler = (call: PeerCall) => Promise<PeerReply>;

export interface OwnerQuestions {
  /** Rejects with an ApiError. */
  seatStates(screeningId: string, knownRevision: number | undefined, deadlineMs: number): Promise<OwnerState>;
  /** Of a screening as its owner has them; JSON. Rejects with an ApiError. */
  queueStatistics(screeningId: string): Promise<string>;
}

/**
 * What peers may ask of this node as the owner of a screening. A node that does not
 * own it says so and does nothing.
 * @param local the API over this node's own screenings, which tells of its bugs itself
 * @param onBug told of every other error that is a bug
 */
export function ownerMethods(
  local: BoxOffice,
  questions: OwnerQuestions,
  router: Pick<Router, 'locate' | 'isHere'>,
  onBug: OnBug,
): ReadonlyMap<number, PeerHandler> {
  const owned =
    (answer: (call: PeerCall) => Promise<Uint8Array>): PeerHandler =>
    async (call) => {
      if (!router.isHere(call.entityId)) return notOwner(call.entityId);
      try {
        return { kind: 'answered', response: await answer(call) };
      } catch (error) {
        if (isMoving(error)) return notOwner(call.entityId);
        const told = edgeError(PeerMethod[call.method] ?? 'unknown', error, onBug);
        return { kind: 'failed', failure: encodeFailure(told) };
      }
    };
  const notOwner = (entityId: string): PeerReply => ({
    kind: 'not-owner',
    ownerNodeId: router.isHere(entityId) ? undefined : router.locate(entityId)?.nodeId,
  });
  const routed = <Request, Response>(
    { request: requests, response: responses }: RoutedMethod<Request, Response>,
    method: Method<Request, Response>,
  ): PeerHandler =>
    owned(async ({ request, deadlineMs }) =>
      responses.encode(await method(decoded(requests, request), { deadlineMs })).finish(),
    );
  const methods: Readonly<Record<RoutedName, PeerHandler>> = {
    holdSeats: routed(routedMethods.holdSeats, local.holdSeats),
    extendHold: routed(routedMethods.extendHold, local.extendHold),
    getHold: routed(routedMethods.getHold, local.getHold),
    releaseHold: routed(routedMethods.releaseHold, local.releaseHold),
    confirmHold: routed(routedMethods.confirmHold, local.confirmHold),
    bookSeats: routed(routedMethods.bookSeats, local.bookSeats),
    cancelBooking: routed(routedMethods.cancelBooking, local.cancelBooking),
    updateScreening: routed(routedMethods.updateScreening, local.updateScreening),
    cancelScreening: routed(routedMethods.cancelScreening, local.cancelScreening),
  };
  const names = Object.keys(methods) as RoutedName[]; // TypeScript forgets the keys of a record
  return new Map<number, PeerHandler>([
    ...names.map((name) => [routedMethods[name].number, methods[name]] as const),
    [
      PeerMethod.PEER_METHOD_GET_SEAT_STATES,
      owned(async ({ entityId, request, deadlineMs }) => {
        const { knownRevision } = decoded(GetSeatStatesRequest, request);
        return encodeOwnerState(await questions.seatStates(entityId, knownRevision, deadlineMs));
      }),
    ],
    [
      PeerMethod.PEER_METHOD_GET_QUEUE_STATISTICS,
      owned(async ({ entityId }) =>
        GetQueueStatisticsResponse.encode({ json: await questions.queueStatistics(entityId) }).finish(),
      ),
    ],
  ]);
}
