import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import {
  gracefulClaims,
  HandOff,
  movingMethods,
  movingPeers,
  NotOwner,
  openMembership,
  PeerUnreachable,
  Router,
  type Leases,
  type Member,
  type Membership,
  type MovingPeers,
  type NodeStateChange,
  type PeerCall,
  type PeerIdentity,
  type PeerLinks,
  type PeerReply,
  type ReadCache,
  type ServePeer,
} from '../cluster/index.js';
import type { Bus, Ownership, OwnerNotice, Residents } from '../runtime/index.js';
import type { Storage } from '../storage/storage.js';
import { ApiError, encodeFailure, isMoving, ownerCaller, type OwnerCaller, type PeerHandler } from '../transport/api/index.js';
import type { Parts } from './parts.js';

/** How a node meets its peers: Redis and gRPC, or a simulation of them. Who makes it closes it. */
export interface ClusterPorts {
  readonly leases: Leases;
  readonly links: PeerLinks;
  readonly bus: Bus<OwnerNotice<SeatMapChange>>;
  readonly cache: ReadCache;
  /** Opens the port peers dial; answers its address as they reach it. */
  readonly listen: (serve: ServePeer) => Promise<string>;
}

/** What the node brings to the cluster once its own parts stand. */
export interface Joining {
  readonly residents: Pick<Residents<never, never>, 'ids' | 'release' | 'bringIn'>;
  /** What peers may ask this node as an owner. */
  readonly ownerMethods: ReadonlyMap<number, PeerHandler>;
  /** host:port as clients reach them. */
  readonly grpcAddress: string;
  readonly httpAddress: string;
}

/** This node's part of the cluster. */
export interface NodeCluster {
  readonly router: Router;
  readonly owners: OwnerCaller;
  /** Claims that ask the holder first. */
  readonly ownership: Ownership;
  readonly moving: MovingPeers;
  /** Whether the view gives the entity to this node. */
  isMine(entityId: string): boolean;
  /** Undefined before `join`. */
  membership(): Membership | undefined;
  /** Entities in memory that belong elsewhere. */
  misplaced(): number;
  /** Opens the peer port, takes the lease, and serves from the first view on. */
  join(joining: Joining): Promise<void>;
  /** Takes no more screenings and hands over those it has. Resolves when it has none, or after `drainTimeoutMs`. */
  drain(): Promise<void>;
}

export function openCluster(parts: Parts, storage: Pick<Storage, 'ownership' | 'holders'>, ports: ClusterPorts): NodeCluster {
  const { config, clock, randomness, log, identity } = parts;
  const limits = config.cluster;
  let membership: Membership | undefined;
  let handOff: HandOff | undefined;
  const ownerOf = (entityId: string): Member | undefined => membership?.placement()?.ownerOf(entityId);
  const member = (nodeId: string): Member | undefined =>
    membership?.view()?.members.find((each) => each.nodeId === nodeId);
  const router = new Router(identity, { ownerOf, member }, isMoving, clock, randomness, limits);
  const moving = movingPeers(ports.links, () => membership?.view());
  const ownership = gracefulClaims(
    {
      ownership: storage.ownership,
      holders: storage.holders,
      self: identity,
      member,
      askToRelease: moving.release,
      clock,
      onOverruled: (screening, holder, reason) => {
        log.warn({ screening, holder: holder.nodeId, reason }, 'taking a screening from a node that does not answer');
      },
    },
    limits,
  );

  const serve = (handlers: ReadonlyMap<number, Serve>): ServePeer => {
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
  };

  const join = async ({ residents, ownerMethods, grpcAddress, httpAddress }: Joining): Promise<void> => {
    const setState = async (change: NodeStateChange): Promise<void> => {
      await membership?.setSelf({
        ...(change.draining === undefined ? {} : { state: change.draining ? 'draining' : 'serving' }),
        ...(change.weight === undefined ? {} : { weight: change.weight }),
      });
    };
    const moves = movingMethods({
      view: () => membership?.view(),
      ownerOf,
      self: identity,
      router,
      residents,
      setState,
    });
    const peerAddress = await ports.listen(serve(new Map<number, Serve>([...ownerMethods, ...moves])));
    const joined = openMembership({
      leases: ports.leases,
      clock,
      randomness,
      self: { ...identity, zone: config.node.zone, weight: config.node.weight, state: 'serving', peerAddress, grpcAddress, httpAddress },
      limits,
      log: (level, message, fields) => {
        log[level](fields ?? {}, message);
      },
    });
    membership = joined;
    parts.onStop(() => joined.leave());
    const moved = new HandOff(
      {
        residents: () => residents.ids(),
        ownerOf,
        selfBootId: identity.bootId,
        askToTakeOver: (owner, entityId) => moving.takeOver(owner, entityId, clock.now() + 2 * limits.handOffTimeoutMs),
        clock,
        onMoved: (screening, owner, tookMs) => {
          log.debug({ screening, to: owner.nodeId, tookMs }, 'screening handed over');
        },
        onNotMoved: (screening, owner, error) => {
          if (!(error instanceof NotOwner) && !(error instanceof PeerUnreachable)) throw error;
          log.debug({ screening, to: owner.nodeId, reason: error.message }, 'screening not handed over yet');
        },
      },
      limits,
    );
    handOff = moved;
    parts.onStop(() => {
      moved.stop();
    });
    joined.onChange(() => {
      ports.links.keepOnly(joined.view()?.members ?? []);
      router.viewChanged();
      moved.viewChanged();
    });
    await joined.start();
  };

  return {
    router,
    owners: ownerCaller(router, ports.links),
    ownership,
    moving,
    isMine: (entityId) => ownerOf(entityId)?.bootId === identity.bootId,
    membership: () => membership,
    misplaced: () => handOff?.misplaced ?? 0,
    join,
    async drain() {
      if (membership === undefined || handOff === undefined) return;
      await membership.setSelf({ state: 'draining' });
      const left = await handOff.settled(clock.now() + limits.drainTimeoutMs);
      if (!left) log.warn({ screenings: handOff.misplaced }, 'stopping before every screening was taken over');
    },
  };
}

type Serve = (call: PeerCall, from: PeerIdentity) => Promise<PeerReply>;

function failed(error: ApiError): PeerReply {
  return { kind: 'failed', failure: encodeFailure(error) };
}
