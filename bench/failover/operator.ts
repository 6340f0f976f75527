import {
  DrainNodeRequest,
  DrainNodeResponse,
  ListNodesRequest,
  ListNodesResponse,
  LocateScreeningRequest,
  LocateScreeningResponse,
  NodeState,
  RebalanceRequest,
  RebalanceResponse,
  type Node,
} from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { messageOf, type RetryingClient } from './client.js';

const CLUSTER = '/cinema.cluster.v1.ClusterService';

/** What an operator asks of the cluster, of whichever node answers. */
export class Operator {
  constructor(private readonly client: Pick<RetryingClient, 'call'>) {}

  /** By that node's view. @throws Error when it is not answered OK */
  async nodes(): Promise<readonly Node[]> {
    return ListNodesResponse.decode(await this.ask('ListNodes', ListNodesRequest.encode({}).finish())).nodes;
  }

  /** @param cancel takes the drain back @throws as above */
  async drain(nodeId: string, cancel: boolean): Promise<void> {
    const request = DrainNodeRequest.encode({ nodeId, cancel }).finish();
    DrainNodeResponse.decode(await this.ask('DrainNode', request));
  }

  /** Who holds what and should have what, by that node's view; moves nothing. @throws as above */
  async shares(): Promise<RebalanceResponse> {
    const request = RebalanceRequest.encode({ validateOnly: true }).finish();
    return RebalanceResponse.decode(await this.ask('Rebalance', request));
  }

  /** Who should have the screening, by that node's view. @throws as above */
  async ownerOf(screeningId: string): Promise<string> {
    const request = LocateScreeningRequest.encode({ screeningId }).finish();
    return LocateScreeningResponse.decode(await this.ask('LocateScreening', request)).ownerNodeId;
  }

  private async ask(method: string, request: Uint8Array): Promise<Buffer> {
    const path = `${CLUSTER}/${method}`;
    return messageOf(path, await this.client.call(path, request));
  }
}

/** Whether the node takes screenings and the others reach it. */
export const isServing = ({ state, reachable }: Node): boolean => state === NodeState.NODE_STATE_SERVING && reachable;
