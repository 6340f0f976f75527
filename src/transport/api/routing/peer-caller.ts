import {
  NotOwner,
  PeerUnreachable,
  RouterFull,
  type Member,
  type PeerLinks,
  type Router,
} from '../../../cluster/index.js';
import { ApiError } from '../api-error.js';
import { failureError } from '../refusals.js';
import { decodeFailure } from './failure-codec.js';

/** Asks whoever owns a screening. */
export interface OwnerCaller {
  /**
   * Does the call here when the screening is here, else has a peer do it.
   * @param local rejects with an ApiError alone
   * @param request the encoded request; only asked for when it goes to a peer
   * @throws ApiError
   */
  call<Reply>(
    method: number,
    screeningId: string,
    deadlineMs: number,
    local: () => Promise<Reply>,
    request: () => Uint8Array,
    reply: (response: Uint8Array, owner: Member) => Reply,
  ): Promise<Reply>;
}

export function ownerCaller(router: Router, links: Pick<PeerLinks, 'call'>): OwnerCaller {
  return {
    async call(method, entityId, deadlineMs, local, request, reply) {
      const remote = async (owner: Member): Promise<ReturnType<typeof reply>> => {
        const answer = await links.call(owner, { method, entityId, request: request(), deadlineMs });
        if (answer.kind === 'answered') return reply(answer.response, owner);
        if (answer.kind === 'failed') throw decodeFailure(answer.failure);
        throw new NotOwner(answer.ownerNodeId);
      };
      try {
        return await router.route({ entityId, deadlineMs, local, remote });
      } catch (error) {
        throw routeError(error);
      }
    },
  };
}

/** Errors by which an owner says that the screening is not, or no longer, its to decide. */
export function isMoving(error: unknown): boolean {
  return error instanceof ApiError && (error.reason === 'OWNER_MOVING' || error.reason === 'DRAINING');
}

/** What is left of a call that found no owner in time. */
function routeError(error: unknown): unknown {
  if (error instanceof NotOwner) return failureError({ kind: 'owner-moving' });
  if (error instanceof RouterFull) return failureError({ kind: 'overloaded' });
  if (!(error instanceof PeerUnreachable)) return error;
  switch (error.kind) {
    case 'unsent':
      return failureError({ kind: 'owner-moving' });
    case 'full':
      return failureError({ kind: 'overloaded' });
    case 'in-doubt':
      return new ApiError(
        'UNAVAILABLE',
        'OWNER_UNREACHABLE',
        'the owner of the screening did not answer; repeat the request with the same request_id',
        {},
        [{ kind: 'retry-info', retryDelayMs: 200 }],
        { cause: error },
      );
    case 'late':
      return new ApiError(
        'DEADLINE_EXCEEDED',
        'DEADLINE_EXCEEDED',
        'the deadline passed before the owner answered; the outcome is not known',
        {},
        [],
        { cause: error },
      );
  }
}
