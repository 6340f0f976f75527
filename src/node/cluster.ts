import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import {
  FormerPlacement,
  gracefulClaims,
  HandOff,
  movingMethods,
  movingPeers,
  NodeIdTaken,
  NotOwner,
  openMembership,
  PeerUnreachable,
  Router,
  type Leases,
  type Member,
  type Membership,
  type NodeStateChange,
  type PeerLinks,
  type ReadCache,
  type ServePeer,
  type Whereabouts,
} from '../cluster/index.js';
import type { CheckResult } from '../health.js';
import type { Bus, Ownership, OwnerNotice, Residents } from '../runtime/index.js';
import type { Storage } from '../storage/storage.js';
import {
  isMoving,
  ownerCaller,
  type ClusterAdmin,
  type OwnerCaller,
  type PeerHandler,
} from '../transport/api/index.js';
import { clusterAdmin } from './cluster-admin.js';
import type { Parts } from './parts.js';
import { StartError } from './start-error.js';
import { servePeers, type PeerMethodHandler } from './serve-peers.js';

/** How a node meets its peers: Redis and gRPC, or a simulation of them. Who makes it closes it. */
export interface ClusterPorts {
  readonly leases: Leases;
  readonly links: PeerLinks;
  readonly bus: Bus<OwnerNotice<SeatMapChange>>;
  readonly cache: ReadCache;
  /** Opens the port peers dial; answers its address, host:port as they reach it. */
  readonly listen: (serve: ServePeer) => Promise<string>;
}

/** What the node brings to the cluster once its own parts stand. */
export interface Joining {
  readonly residents: Pick<Residents<never, never>, 'ids' | 'isAtWork' | 'release' | 'bringIn'>;
  /** What peers may ask this node as an owner. */
  readonly ownerMethods: ReadonlyMap<number, PeerHandler>;
  /** host:port as clients reach them. */
  readonly grpcAddress: string;
  readonly httpAddress: string;
}

/** This node's part of the cluster. */
export interface NodeCluster extends Pick<ClusterPorts, 'bus' | 'cache'> {
  readonly router: Router;
  readonly owners: OwnerCaller;
  /** Claims that ask the holder first. */
  readonly ownership: Ownership;
  readonly admin: ClusterAdmin;
  /** Whether the view gives the entity to this node. */
  isMine(entityId: string): boolean;
  /** Entities in memory that belong elsewhere. */
  misplaced(): number;
  /** Nodes in the view. */
  members(): number;
  /** For health: whether this node takes part, how good its view is, and how the peers are. */
  look(): CheckResult;
  lookAtView(): CheckResult;
  lookAtPeers(): CheckResult;
  /** Calls `changed` after the view or this node's own condition changed. */
  onChange(changed: () => void): void;
  /** Takes screenings, or none because of a problem. */
  setFitness(problem: string | undefined): void;
  /** Opens the peer port, takes the lease, and serves from the first view on. */
  join(joining: Joining): Promise<void>;
  /** Takes no more screenings and hands over those it has. Resolves when it has none, or after `drainTimeoutMs`. */
  drain(): Promise<void>;
}

/** @param storage what the node claims in, and what says who claimed what */
export function openCluster(
  parts: Parts,
  storage: Pick<Storage, 'ownership' | 'holders'>,
  ports: ClusterPorts,
): NodeCluster {
  const { config, clock, randomness, log, identity } = parts;
  const limits = config.cluster;
  let membership: Membership | undefined;
  let handOff: HandOff | undefined;
  let drained = false;
  let unfit: string | undefined;
  const changes = new Set<() => void>();

  const ownerOf = (entityId: string): Member | undefined => membership?.placement().ownerOf(entityId);
  const member = (nodeId: string): Member | undefined =>
    membership?.view()?.members.find((each) => each.nodeId === nodeId);
  const former = new FormerPlacement(identity.bootId, clock, limits);
  let residentsHere: Joining['residents'] | undefined;
  const whereabouts: Whereabouts = {
    ownerOf,
    formerOwnerOf: (entityId) => former.ownerOf(entityId),
    member,
    isAtWork: (entityId) => residentsHere?.isAtWork(entityId) ?? false,
  };
  const router = new Router(identity, whereabouts, isMoving, clock, randomness, limits);
  const moving = movingPeers(ports.links, () => membership?.view());
  const handOffDeadlineMs = (): number => clock.now() + 2 * limits.handOffTimeoutMs;

  /** False when the others could not be told. */
  const setState = async ({ draining, weight }: NodeStateChange): Promise<boolean> => {
    if (draining !== undefined) drained = draining;
    const state = drained ? 'draining' : unfit === undefined ? 'serving' : 'unfit';
    if (membership === undefined) return false;
    return membership.setSelf({
      state,
      ...(weight === undefined ? {} : { weight }),
      ...(state === 'unfit' && unfit !== undefined ? { reason: unfit } : {}),
    });
  };
  const ownership = gracefulClaims(
    {
      ownership: storage.ownership,
      holders: storage.holders,
      self: identity,
      member,
      askToRelease: (holder, entityId, deadlineMs) => moving.release(holder, entityId, deadlineMs),
      clock,
      onOverruled: (screening, holder, reason) => {
        log.warn({ screening, holder: holder.nodeId, reason }, 'taking a screening from a node that does not answer');
      },
    },
    limits,
  );

  const openHandOff = (residents: Joining['residents']): HandOff =>
    new HandOff(
      {
        residents: () => residents.ids(),
        ownerOf,
        selfBootId: identity.bootId,
        askToTakeOver: (owner, entityId) => moving.takeOver(owner, entityId, handOffDeadlineMs()),
        letGo: (entityId) => residents.release(entityId),
        clock,
        onMoved: (screening, owner, tookMs) => {
          parts.metrics.handOffSeconds.observe(tookMs / 1_000);
          log.debug({ screening, to: owner.nodeId, tookMs }, 'screening handed over');
        },
        onNotMoved: (screening, owner, error) => {
          if (!(error instanceof NotOwner) && !(error instanceof PeerUnreachable)) throw error;
          log.debug({ screening, to: owner.nodeId, reason: error.message }, 'screening not handed over yet');
        },
      },
      limits,
    );

  const join = async ({ residents, ownerMethods, grpcAddress, httpAddress }: Joining): Promise<void> => {
    const { zone, weight } = config.node;
    const moves = movingMethods({
      view: () => membership?.view(),
      ownerOf,
      self: identity,
      router,
      residents,
      setState,
    });
    const handlers = new Map<number, PeerMethodHandler>([...ownerMethods, ...moves]);
    const peerAddress = await ports.listen(servePeers(handlers, log));
    const joined = openMembership({
      leases: ports.leases,
      clock,
      randomness,
      self: { ...identity, zone, weight, state: 'serving', peerAddress, grpcAddress, httpAddress },
      limits,
      log: (level, sentence) => {
        log[level](sentence);
      },
    });
    membership = joined;
    // What was found wrong with this node before it joins is in its first lease.
    void setState({});
    residentsHere = residents;
    parts.onStop(() => joined.leave());
    const moved = openHandOff(residents);
    handOff = moved;
    // What it claimed once and has no longer in memory is nobody's to hand over: without
    // its name it is not counted as left to do.
    const letGoOfTheRest = async (): Promise<void> => {
      if (!(await moved.settled(clock.now() + limits.drainTimeoutMs)) || !drained) return;
      if ([...residents.ids()].length > 0) return;
      await storage.holders.letGoOfAll(identity).catch((err: unknown) => {
        log.warn({ err }, 'screenings that left memory are still said to be here');
      });
    };
    parts.onStop(() => {
      moved.stop();
    });
    joined.onChange(() => {
      const view = joined.view();
      ports.links.keepOnly(view?.members ?? []);
      if (view !== undefined) former.viewChanged(view, joined.placement());
      router.viewChanged();
      moved.viewChanged();
      // Not when the drain is ordered: by the view of that moment nothing here belongs elsewhere.
      if (drained) void letGoOfTheRest();
      for (const changed of changes) changed();
    });
    try {
      await joined.start();
    } catch (error) {
      throw error instanceof NodeIdTaken ? new StartError(error.message, { cause: error }) : error;
    }
  };

  return {
    bus: ports.bus,
    cache: ports.cache,
    router,
    owners: ownerCaller(router, ports.links),
    ownership,
    admin: clusterAdmin({
      self: identity,
      membership: () => membership,
      holders: storage.holders,
      links: ports.links,
      moving,
      setState,
      expected: limits.nodes,
      handOffsMax: limits.handOffsMax,
      handOffDeadlineMs,
      log: (message, fields) => {
        log.warn(fields, message);
      },
    }),
    isMine: (entityId) => ownerOf(entityId)?.bootId === identity.bootId,
    misplaced: () => handOff?.misplaced ?? 0,
    members: () => membership?.view()?.members.length ?? 0,
    look: () => membershipCheck(membership, drained),
    lookAtView: () => membership?.report() ?? { ok: true },
    lookAtPeers: () => peersCheck(membership, ports.links, limits.nodes, identity.bootId),
    onChange: (changed) => {
      changes.add(changed);
    },
    setFitness(problem) {
      unfit = problem;
      void setState({});
    },
    join,
    async drain() {
      if (handOff === undefined) return;
      if (!(await setState({ draining: true }))) {
        log.warn('stopping without handing over: the others cannot be told while Redis is away');
        return;
      }
      const left = !(await handOff.settled(clock.now() + limits.drainTimeoutMs));
      if (left) log.warn({ screenings: handOff.misplaced }, 'stopping before every screening was taken over');
    },
  };
}

/**
 * Whether callers may be sent here. Not a matter of Redis being there now: without it a
 * node goes on by the view it has, and so do all the others.
 */
function membershipCheck(membership: Membership | undefined, drained: boolean): CheckResult {
  if (membership?.view() === undefined) return { ok: false, detail: 'this node has not joined the cluster yet' };
  if (drained) return { ok: false, detail: 'this node is drained: it takes no screenings' };
  return membership.condition().kind === 'displaced' ? membership.report() : { ok: true };
}

/** Names who is expected and not there, and who is there and not reached. */
function peersCheck(
  membership: Membership | undefined,
  links: Pick<PeerLinks, 'problemWith'>,
  expected: readonly { readonly id: string }[],
  selfBootId: string,
): CheckResult {
  const members = membership?.view()?.members ?? [];
  const absent = expected
    .filter(({ id }) => !members.some(({ nodeId }) => nodeId === id))
    .map(({ id }) => `${id} is in the configuration but has no lease`);
  const unreached = members
    .filter(({ bootId }) => bootId !== selfBootId)
    .flatMap(({ nodeId }) => {
      const problem = links.problemWith(nodeId);
      return problem === undefined ? [] : [`${nodeId} is not reached: ${problem}`];
    });
  const problems = [...absent, ...unreached];
  return problems.length === 0 ? { ok: true } : { ok: false, detail: problems.join('; ') };
}
