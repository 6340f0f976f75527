import {
  PeerMethod,
  ReleaseRequest,
  ReleaseResponse,
  SetNodeStateRequest,
  SetNodeStateResponse,
  TakeOverRequest,
  TakeOverResponse,
} from '../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { ClusterView, Member } from './member.js';
import { PeerUnreachable, type PeerCall, type PeerIdentity, type PeerLinks, type PeerReply } from './ports.js';
import { NotOwner, type Router } from './router.js';

/** The messages by which nodes move screenings and set each other's share. */
export interface MovingPeers {
  /** False when the peer keeps the entity, by a view at least as new as ours. @throws PeerUnreachable */
  release(holder: Member, entityId: string, deadlineMs: number): Promise<boolean>;
  /** @throws PeerUnreachable; NotOwner when the peer's view says otherwise */
  takeOver(owner: Member, entityId: string, deadlineMs: number): Promise<void>;
  /** @throws PeerUnreachable */
  setNodeState(node: Member, change: NodeStateChange, deadlineMs: number): Promise<void>;
}

export interface NodeStateChange {
  readonly draining?: boolean | undefined;
  readonly weight?: number | undefined;
}

/** @param view of this node; undefined before the first one */
export function movingPeers(links: Pick<PeerLinks, 'call'>, view: () => ClusterView | undefined): MovingPeers {
  /** @throws PeerUnreachable, NotOwner */
  const ask = async (peer: Member, call: PeerCall): Promise<Uint8Array> => {
    const reply = await links.call(peer, call);
    if (reply.kind === 'answered') return reply.response;
    if (reply.kind === 'not-owner') throw new NotOwner(reply.ownerNodeId);
    throw new PeerUnreachable(`${peer.nodeId} could not do what it was asked`, 'unsent');
  };
  return {
    async release(peer, entityId, deadlineMs) {
      const { generation = '', version = 0 } = view() ?? {};
      const request = ReleaseRequest.encode({ viewGeneration: generation, viewVersion: version }).finish();
      const method = PeerMethod.PEER_METHOD_RELEASE;
      return ReleaseResponse.decode(await ask(peer, { method, entityId, request, deadlineMs })).released;
    },
    async takeOver(peer, entityId, deadlineMs) {
      const request = TakeOverRequest.encode({}).finish();
      await ask(peer, { method: PeerMethod.PEER_METHOD_TAKE_OVER, entityId, request, deadlineMs });
    },
    async setNodeState(peer, { draining, weight }, deadlineMs) {
      const request = SetNodeStateRequest.encode({ draining, weight }).finish();
      await ask(peer, { method: PeerMethod.PEER_METHOD_SET_NODE_STATE, entityId: '', request, deadlineMs });
    },
  };
}

export interface MovingPorts {
  readonly view: () => ClusterView | undefined;
  /** By placement alone, whatever hints say. */
  readonly ownerOf: (entityId: string) => Member | undefined;
  readonly self: PeerIdentity;
  readonly router: Pick<Router, 'learn' | 'forget'>;
  readonly residents: {
    release(entityId: string): Promise<void>;
    bringIn(entityId: string): Promise<void>;
    isAtWork(entityId: string): boolean;
  };
  readonly setState: (change: NodeStateChange) => Promise<unknown>;
}

type Handler = (call: PeerCall, from: PeerIdentity) => Promise<PeerReply>;

/** What this node does when a peer asks it to move a screening, or to change its share. */
export function movingMethods(ports: MovingPorts): ReadonlyMap<number, Handler> {
  const { view, ownerOf, self, router, residents, setState } = ports;

  /** Equal views place alike, so whoever asks by an equal one was misled by a hint. */
  const keeps = ({ viewGeneration, viewVersion }: ReleaseRequest, entityId: string): boolean => {
    const mine = view();
    return (
      mine?.generation === viewGeneration && mine.version >= viewVersion && ownerOf(entityId)?.bootId === self.bootId
    );
  };
  const answered = (response: Uint8Array): PeerReply => ({ kind: 'answered', response });

  return new Map<number, Handler>([
    [
      PeerMethod.PEER_METHOD_RELEASE,
      async ({ entityId, request }, from) => {
        const released = !keeps(ReleaseRequest.decode(request), entityId);
        if (released) {
          // Before anything else: whoever comes now is sent to the new owner, also by a view that is old.
          router.learn(entityId, from.nodeId);
          await residents.release(entityId);
        }
        return answered(ReleaseResponse.encode({ released }).finish());
      },
    ],
    [
      PeerMethod.PEER_METHOD_TAKE_OVER,
      async ({ entityId }) => {
        const owner = ownerOf(entityId);
        if (owner?.bootId !== self.bootId) return { kind: 'not-owner', ownerNodeId: owner?.nodeId };
        // Callers go on asking whoever has it, until that lets go of it.
        router.forget(entityId);
        await residents.bringIn(entityId);
        // Whoever has it lets go of it on this word.
        if (!residents.isAtWork(entityId)) return { kind: 'not-owner', ownerNodeId: undefined };
        return answered(TakeOverResponse.encode({}).finish());
      },
    ],
    [
      PeerMethod.PEER_METHOD_SET_NODE_STATE,
      async ({ request }) => {
        await setState(SetNodeStateRequest.decode(request));
        return answered(SetNodeStateResponse.encode({}).finish());
      },
    ],
  ]);
}
