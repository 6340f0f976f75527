import {
  NotOwner,
  PeerUnreachable,
  RouterFull,
  type Member,
  type PeerLinks,
  type PeerReply,
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
   * @throws ApiError; anything else is a bug, here or of the peer
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
      let doubt: PeerUnreachable | undefined;
      const ask = async (owner: Member): Promise<PeerReply> => {
        try {
          return await links.call(owner, { method, entityId, request: request(), deadlineMs });
        } catch (error) {
          if (error instanceof PeerUnreachable && error.kind === 'in-doubt') doubt = error;
          throw error;
        }
      };
      const remote = async (owner: Member): Promise<ReturnType<typeof reply>> => {
        const answer = await ask(owner);
        if (answer.kind === 'answered') return reply(answer.response, owner);
        if (answer.kind === 'failed') throw decodeFailure(answer.failure);
        throw new NotOwner(answer.ownerNodeId);
      };
      try {
        return await router.route({ entityId, deadlineMs, local, remote });
      } catch (error) {
        const told = routeError(error);
        throw doubt !== undefined && saysNothingWasDone(told) ? inDoubt(told, doubt) : told;
      }
    },
  };
}

/** Errors by which an owner says that the screening is not, or no longer, its to decide. */
export function isMoving(error: unknown): boolean {
  return error instanceof ApiError && (error.reason === 'OWNER_MOVING' || error.reason === 'DRAINING');
}

/** Whether whoever was asked last refused to look at it: what the one before did is not known by that. */
function saysNothingWasDone(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.reason === 'DEADLINE_EXCEEDED' || error.reason === 'OVERLOADED');
}

/** The refusal of a call that an owner before may have done. */
function inDoubt({ reason }: ApiError, cause: PeerUnreachable): ApiError {
  return reason === 'DEADLINE_EXCEEDED' ? late(cause) : unreachable(cause);
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
      return unreachable(error);
    case 'late':
      return late(error);
  }
}

function unreachable(cause: PeerUnreachable): ApiError {
  return new ApiError(
    'UNAVAILABLE',
    'OWNER_UNREACHABLE',
    'the owner of the screening did not answer; repeat the request with the same request_id',
    {},
    [{ kind: 'retry-info', retryDelayMs: 200 }],
    { cause },
  );
}

function late(cause: PeerUnreachable): ApiError {
  return new ApiError(
    'DEADLINE_EXCEEDED',
    'DEADLINE_EXCEEDED',
    'the deadline passed before the owner answered; the outcome is not known',
    {},
    [],
    { cause },
  );
}
