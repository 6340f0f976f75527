import { OwnedElsewhere, type Clock, type Ownership } from '../runtime/index.js';
import type { Member } from './member.js';
import { PeerUnreachable, type Holders, type PeerIdentity } from './ports.js';

export interface GracefulClaimPorts {
  readonly ownership: Ownership;
  readonly holders: Pick<Holders, 'holderOf'>;
  readonly self: PeerIdentity;
  /** Undefined when no such node is in the view. */
  readonly member: (nodeId: string) => Member | undefined;
  /** Asks a peer to let go of an entity; false when it keeps it. @throws PeerUnreachable */
  readonly askToRelease: (holder: Member, entityId: string, deadlineMs: number) => Promise<boolean>;
  readonly clock: Clock;
  /** Told when a holder that lives did not answer and the entity was taken from it all the same. */
  readonly onOverruled: (entityId: string, holder: Member, reason: string) => void;
}

/**
 * Claims that are polite first: a holder that lives is asked to finish what it took and
 * to let go, so that its callers notice nothing. One that is dead, or does not answer
 * in time, is overruled: the epoch fences it.
 */
export function gracefulClaims(ports: GracefulClaimPorts, limits: { readonly handOffTimeoutMs: number }): Ownership {
  const { ownership, holders, self, member, askToRelease, clock, onOverruled } = ports;

  /** @throws OwnedElsewhere */
  const releaseFrom = async (holder: Member, entityId: string): Promise<void> => {
    try {
      if (await askToRelease(holder, entityId, clock.now() + limits.handOffTimeoutMs)) return;
    } catch (error) {
      if (!(error instanceof PeerUnreachable)) throw error;
      onOverruled(entityId, holder, error.message);
      return;
    }
    throw new OwnedElsewhere(`${holder.nodeId} keeps ${entityId}`);
  };

  return {
    async claim(entityId) {
      const held = await holders.holderOf(entityId);
      const holder = held?.holder;
      if (holder !== undefined && holder.bootId !== self.bootId) {
        const living = member(holder.nodeId);
        if (living?.bootId === holder.bootId) await releaseFrom(living, entityId);
      }
      return ownership.claim(entityId);
    },
    stillHeld: (owned) => ownership.stillHeld(owned),
    dueBefore: (untilMs, limit) => ownership.dueBefore(untilMs, limit),
  };
}
