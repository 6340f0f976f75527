import { setTimeout as pause } from 'node:timers/promises';
import {
  ClusterServiceService as clusterService,
  NodeState,
  type Node,
} from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import type { BoxOfficeClient } from './box-office-client.js';

const POLL_MS = 250;

export interface Drained {
  /** As it was listed last; undefined when it is not listed any more. */
  readonly node: Node | undefined;
  readonly sentence: string;
}

/**
 * Asks for the list of nodes until this one has no screenings left or is gone.
 * @param say told how far it is, in a few words
 * @throws Error when somebody takes the drain back; CallFailed
 */
export async function drained(client: BoxOfficeClient, nodeId: string, say: (text: string) => void): Promise<Drained> {
  for (;;) {
    const { nodes } = await client.call(clusterService.listNodes, {});
    const node = nodes.find((candidate) => candidate.nodeId === nodeId);
    if (node === undefined || node.state === NodeState.NODE_STATE_ABSENT)
      return { node, sentence: `${nodeId} has stopped` };
    if (node.state === NodeState.NODE_STATE_SERVING)
      throw new Error(`${nodeId} takes screenings again: somebody has taken the drain back`);
    if (node.screenings === 0) return { node, sentence: `${nodeId} has no screenings left` };
    const left = node.screenings === undefined ? 'the database does not answer' : `${node.screenings} screenings left`;
    say(`${nodeId} is draining: ${left}`);
    await pause(POLL_MS);
  }
}
