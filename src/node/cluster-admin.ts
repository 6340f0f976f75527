import { bulkhead } from 'cockatiel';
import {
  NotOwner,
  PeerUnreachable,
  type Holders,
  type Member,
  type Membership,
  type MovingPeers,
  type NodeStateChange,
  type PeerIdentity,
  type PeerLinks,
} from '../cluster/index.js';
import type { Config } from '../config/index.js';
import { StorageUnavailable } from '../runtime/index.js';
import type { ClusterAdmin, NodeMoves, NodeOrder, NodeStatus } from '../transport/api/index.js';

export interface ClusterAdminPorts {
  readonly self: PeerIdentity;
  /** Undefined while the node has not joined. */
  readonly membership: () => Pick<Membership, 'view' | 'placement' | 'report'> | undefined;
  readonly holders: Holders;
  readonly links: Pick<PeerLinks, 'problemWith'>;
  readonly moving: MovingPeers;
  readonly setState: (change: NodeStateChange) => Promise<unknown>;
  /** Of the configuration. */
  readonly expected: Config['cluster']['nodes'];
  /** Hand-offs under way at once. */
  readonly handOffsMax: number;
  /** Of a hand-off that begins now; clock time in ms. */
  readonly handOffDeadlineMs: () => number;
  readonly log: (message: string, fields: object) => void;
}

/** Rows of one look at who holds what. */
const HELD_PER_READ = 5_000;

/** What operators ask of the cluster, answered by any node from its view and the database. */
export function clusterAdmin(ports: ClusterAdminPorts): ClusterAdmin {
  const { self, membership, holders, moving, setState, expected } = ports;
  const members = (): readonly Member[] => membership()?.view()?.members ?? [];

  const order = async (nodeId: string, change: NodeStateChange, deadlineMs: number): Promise<NodeOrder> => {
    const member = members().find((each) => each.nodeId === nodeId);
    if (member === undefined) return noSuchNode(nodeId);
    if (takesNone(change) && !members().some((other) => other.nodeId !== nodeId && takesScreenings(other)))
      return { kind: 'last-node' };
    try {
      if (member.bootId === self.bootId) await setState(change);
      else await moving.setNodeState(member, change, deadlineMs);
    } catch (error) {
      if (!(error instanceof PeerUnreachable)) throw error;
      return { kind: 'unreachable', problem: error.message };
    }
    return { kind: 'taken' };
  };

  const noSuchNode = (nodeId: string): NodeOrder => {
    const known = [...new Set([...members().map((each) => each.nodeId), ...expected.map(({ id }) => id)])].sort();
    return known.includes(nodeId)
      ? { kind: 'unreachable', problem: 'it has no lease' }
      : { kind: 'unknown-node', known };
  };

  /** Entities by boot; undefined when the database cannot be asked. */
  const heldByBoot = async (): Promise<ReadonlyMap<string, number> | undefined> => {
    try {
      const rows = await holders.holders();
      return new Map(rows.flatMap(({ holder, entities }) => (holder === undefined ? [] : [[holder.bootId, entities]])));
    } catch (error) {
      if (error instanceof StorageUnavailable) return undefined;
      throw error;
    }
  };

  return {
    async listNodes() {
      const held = await heldByBoot();
      const view = membership()?.view();
      const shares = membership()?.placement().shares();
      const report = membership()?.report();
      const present = members().map((member): NodeStatus => {
        const unreached = member.bootId === self.bootId ? undefined : ports.links.problemWith(member.nodeId);
        return {
          ...member,
          reachable: unreached === undefined,
          problem: unreached ?? (member.state === 'unfit' ? 'it is not fit to take screenings' : undefined),
          screenings: held === undefined ? undefined : (held.get(member.bootId) ?? 0),
          share: shares?.get(member.nodeId) ?? 0,
        };
      });
      const absent = expected
        .filter(({ id }) => !members().some(({ nodeId }) => nodeId === id))
        .map((node): NodeStatus => absentNode(node));
      return {
        nodes: [...present, ...absent].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)),
        view: view === undefined ? undefined : { generation: view.generation, version: view.version },
        viewProblem: report?.ok === true ? undefined : (report?.detail ?? 'this node has not joined yet'),
      };
    },
    drainNode: (nodeId, draining, { deadlineMs }) => order(nodeId, { draining }, deadlineMs),
    setNodeWeight: (nodeId, weight, { deadlineMs }) => order(nodeId, { weight }, deadlineMs),
    async locateScreening(screeningId) {
      const held = await holders.holderOf(screeningId);
      if (held === undefined) return undefined;
      return { ...held, owner: membership()?.placement().ownerOf(screeningId) };
    },
    async rebalance(validateOnly) {
      const tally = new Map<string, Tally>();
      const misplaced: { readonly entityId: string; readonly owner: Member }[] = [];
      let screenings = 0;
      const ownerOf = (entityId: string): Member | undefined => membership()?.placement().ownerOf(entityId);
      for await (const { entityId, holder } of everyHeld(holders)) {
        // What the dead held is nobody's, as in the list of nodes: it moves by itself, with its next command.
        if (!members().some(({ bootId }) => bootId === holder.bootId)) continue;
        screenings += 1;
        const owner = ownerOf(entityId);
        tallyOf(tally, holder.nodeId).holds += 1;
        if (owner === undefined) continue;
        tallyOf(tally, owner.nodeId).owns += 1;
        if (owner.bootId === holder.bootId) continue;
        tallyOf(tally, holder.nodeId).gives += 1;
        tallyOf(tally, owner.nodeId).takes += 1;
        misplaced.push({ entityId, owner });
      }
      if (!validateOnly) void move(ports, misplaced);
      const nodes = [...tally].map(([nodeId, counts]): NodeMoves => ({ nodeId, ...counts }));
      return { nodes: nodes.sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)), moves: misplaced.length, screenings };
    },
  };
}

const takesNone = ({ draining, weight }: NodeStateChange): boolean => draining === true || weight === 0;
const takesScreenings = ({ state, weight }: Member): boolean => state === 'serving' && weight > 0;

type Tally = Record<Exclude<keyof NodeMoves, 'nodeId'>, number>;

function tallyOf(tally: Map<string, Tally>, nodeId: string): Tally {
  const known = tally.get(nodeId) ?? { holds: 0, owns: 0, gives: 0, takes: 0 };
  tally.set(nodeId, known);
  return known;
}

async function* everyHeld(
  holders: Holders,
): AsyncGenerator<Awaited<ReturnType<Holders['listHeld']>>[number], void, void> {
  let after: string | undefined;
  for (;;) {
    const page = await holders.listHeld(after, HELD_PER_READ);
    yield* page;
    after = page.at(-1)?.entityId;
    if (page.length < HELD_PER_READ) return;
  }
}

/** In the background: the order was taken, and `Rebalance` asked again says how far it is. */
async function move(
  { moving, handOffsMax, handOffDeadlineMs, log }: ClusterAdminPorts,
  misplaced: readonly { readonly entityId: string; readonly owner: Member }[],
): Promise<void> {
  const places = bulkhead(handOffsMax, Number.MAX_SAFE_INTEGER);
  const moves = misplaced.map(({ entityId, owner }) =>
    places.execute(async () => {
      try {
        await moving.takeOver(owner, entityId, handOffDeadlineMs());
      } catch (error) {
        if (!(error instanceof PeerUnreachable) && !(error instanceof NotOwner)) throw error;
        log('a screening was not taken over', { screening: entityId, by: owner.nodeId, reason: error.message });
      }
    }),
  );
  await Promise.all(moves);
}

function absentNode(node: Config['cluster']['nodes'][number]): NodeStatus {
  const addressOf = (port: number | undefined): string => (port === undefined ? '' : `${node.host}:${String(port)}`);
  return {
    nodeId: node.id,
    bootId: undefined,
    zone: node.zone ?? '',
    weight: node.weight ?? 1,
    state: 'absent',
    grpcAddress: addressOf(node.grpcPort),
    httpAddress: addressOf(node.httpPort),
    peerAddress: addressOf(node.peerPort),
    reachable: false,
    problem: 'it has no lease: it was not started, or does not reach Redis',
    screenings: 0,
    share: 0,
  };
}
