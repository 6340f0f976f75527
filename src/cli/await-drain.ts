import { setTimeout as pause } from 'node:timers/promises';
import {
  ClusterServiceService as clusterService,
  NodeState,
  type Node,
} from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import type { BoxOfficeClient } from './box-office-client.js';

const POLL_MS = 250;
/** The node that answers has an older view for a moment, or for as long as Redis is away. */
const BEGIN_MS = 10_000;

export interface Drained {
  /** As it was listed last; undefined when it is not listed any more. */
  readonly node: Node | undefined;
  readonly sentence: string;
}

/**
 * Asks for the list of nodes until this one, which was told to drain, has no screenings
 * left or is gone.
 * @param say told how far it is, in a few words
 * @throws Error when somebody takes the drain back, or it does not begin; CallFailed
 */
export async function drained(client: BoxOfficeClient, nodeId: string, say: (text: string) => void): Promise<Drained> {
  const beginByMs = performance.now() + BEGIN_MS;
  let hasBegun = false;
  for (;;) {
    const { nodes } = await client.call(clusterService.listNodes, {});
    const node = nodes.find((candidate) => candidate.nodeId === nodeId);
    if (node === undefined || node.state === NodeState.NODE_STATE_ABSENT)
      return { node, sentence: `${nodeId} has stopped` };
    if (node.state === NodeState.NODE_STATE_SERVING) {
      if (hasBegun) throw new Error(`${nodeId} takes screenings again: somebody has taken the drain back`);
      if (performance.now() > beginByMs) throw new Error(`${nodeId} was told to drain and has not begun`);
    } else {
      hasBegun = true;
      if (node.screenings === 0) return { node, sentence: `${nodeId} has no screenings left` };
      const { screenings } = node;
      const left = screenings === undefined ? 'the database does not answer' : `${screenings} screenings left`;
      say(`${nodeId} is draining: ${left}`);
    }
    await pause(POLL_MS);
  }
}
