import type { Holder, Holders } from '../cluster/ports.js';
import { StorageUnavailable } from '../runtime/index.js';
import type { ClusterAdmin, NodeOrder, NodeStatus } from '../transport/api/index.js';

/** The one node there is. */
export interface LoneNode extends Holder {
  readonly zone: string;
  readonly weight: number;
  readonly grpcAddress: string;
  readonly httpAddress: string;
}

/**
 * What operators are told by a node without a cluster: it owns everything and there is
 * nobody to move anything to.
 * @param node asked at every call, for its ports are not known before they are open.
 */
export function standaloneCluster(node: () => LoneNode, holders: Holders): ClusterAdmin {
  const refuse = (nodeId: string): Promise<NodeOrder> => {
    const known = node().nodeId;
    return Promise.resolve(nodeId === known ? { kind: 'no-cluster' } : { kind: 'unknown-node', known: [known] });
  };
  return {
    async listNodes() {
      return { nodes: [await statusOf(node(), holders)], view: undefined, viewProblem: undefined };
    },
    drainNode: refuse,
    setNodeWeight: refuse,
    async locateScreening(screeningId) {
      const held = await holders.holderOf(screeningId);
      if (held === undefined) return undefined;
      const { nodeId, grpcAddress } = node();
      return { ...held, owner: { nodeId, grpcAddress } };
    },
    async rebalance() {
      const { nodeId } = node();
      const screenings = await countHeld(node(), holders);
      const moves = { nodeId, holds: screenings, owns: screenings, gives: 0, takes: 0 };
      return { nodes: screenings === 0 ? [] : [moves], moves: 0, screenings };
    },
  };
}

async function statusOf(node: LoneNode, holders: Holders): Promise<NodeStatus> {
  return {
    ...node,
    state: 'serving',
    peerAddress: '',
    reachable: true,
    problem: undefined,
    screenings: await screeningsOf(node, holders),
    share: 1,
  };
}

async function screeningsOf(holder: Holder, holders: Holders): Promise<number | undefined> {
  try {
    return await countHeld(holder, holders);
  } catch (error) {
    if (error instanceof StorageUnavailable) return undefined;
    throw error;
  }
}

/** By this boot: what one before it claimed comes into memory with its next command. @throws StorageUnavailable */
async function countHeld({ nodeId, bootId }: Holder, holders: Holders): Promise<number> {
  const counts = await holders.holders();
  return counts.find(({ holder }) => holder?.nodeId === nodeId && holder.bootId === bootId)?.entities ?? 0;
}
