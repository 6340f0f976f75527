import {
  NodeState,
  type DrainNodeRequest,
  type DrainNodeResponse,
  type ListNodesRequest,
  type ListNodesResponse,
  type LocateScreeningRequest,
  type LocateScreeningResponse,
  type Node,
  type RebalanceRequest,
  type RebalanceResponse,
  type SetNodeWeightRequest,
  type SetNodeWeightResponse,
} from '../../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { ApiError } from './api-error.js';
import type { Method } from './box-office.js';
import type { ClusterAdmin, NodeOrder, NodeStatus } from './cluster-admin.js';
import { guardedBy, type OnBug } from './guard.js';
import { failureError } from './refusals.js';
import * as schemas from './request-schemas.js';

/** ClusterService, whatever the wire. Every function rejects with an ApiError and nothing else. */
export interface ClusterMethods {
  readonly listNodes: Method<ListNodesRequest, ListNodesResponse>;
  readonly drainNode: Method<DrainNodeRequest, DrainNodeResponse>;
  readonly setNodeWeight: Method<SetNodeWeightRequest, SetNodeWeightResponse>;
  readonly locateScreening: Method<LocateScreeningRequest, LocateScreeningResponse>;
  readonly rebalance: Method<RebalanceRequest, RebalanceResponse>;
}

/** What operators ask, in the API's messages and errors. */
export function clusterMethods(admin: ClusterAdmin, onBug: OnBug): ClusterMethods {
  const guard = guardedBy(onBug);
  return {
    listNodes: guard('ListNodes', async (_request, call) => {
      const { nodes, view, viewProblem } = await admin.listNodes(call);
      return {
        nodes: nodes.map(nodeMessage),
        viewGeneration: view?.generation ?? '',
        viewVersion: view?.version ?? 0,
        viewProblem: viewProblem ?? '',
      };
    }),
    drainNode: guard('DrainNode', async (request, call) => {
      const { nodeId, cancel } = schemas.read(schemas.drainNode, request);
      return taken(nodeId, await admin.drainNode(nodeId, !cancel, call));
    }),
    setNodeWeight: guard('SetNodeWeight', async (request, call) => {
      const { nodeId, weight } = schemas.read(schemas.setNodeWeight, request);
      return taken(nodeId, await admin.setNodeWeight(nodeId, weight, call));
    }),
    locateScreening: guard('LocateScreening', async (request, call) => {
      const { screeningId } = schemas.read(schemas.locateScreening, request);
      const location = await admin.locateScreening(screeningId, call);
      if (location === undefined) throw failureError({ kind: 'not-found' });
      const { owner, holder, epoch, revision } = location;
      return {
        screeningId,
        ownerNodeId: owner?.nodeId ?? '',
        ownerGrpcAddress: owner?.grpcAddress ?? '',
        holderNodeId: holder?.nodeId ?? '',
        holderBootId: holder?.bootId ?? '',
        epoch,
        revision,
      };
    }),
    rebalance: guard('Rebalance', async ({ validateOnly }, call) => {
      const { nodes, moves, screenings } = await admin.rebalance(validateOnly, call);
      return { nodes: nodes.map((node) => ({ ...node })), moves, screenings };
    }),
  };
}

const states = {
  serving: NodeState.NODE_STATE_SERVING,
  draining: NodeState.NODE_STATE_DRAINING,
  unfit: NodeState.NODE_STATE_UNFIT,
  absent: NodeState.NODE_STATE_ABSENT,
} as const;

function nodeMessage({ bootId, state, problem, ...node }: NodeStatus): Node {
  return { ...node, bootId: bootId ?? '', state: states[state], problem: problem ?? '' };
}

/** The one table from what a node said to an order to the public error. */
function taken(nodeId: string, order: NodeOrder): Record<string, never> {
  switch (order.kind) {
    case 'taken':
      return {};
    case 'unknown-node':
      throw new ApiError('NOT_FOUND', 'NODE_NOT_FOUND', 'there is no such node', {
        known_nodes: order.known.join(','),
      });
    case 'no-cluster':
      throw new ApiError('FAILED_PRECONDITION', 'NO_CLUSTER', 'this node is alone: there are no others');
    case 'last-node':
      throw new ApiError('FAILED_PRECONDITION', 'LAST_NODE', 'no other node takes screenings', { node_id: nodeId });
    case 'unreachable':
      throw new ApiError(
        'UNAVAILABLE',
        'NODE_UNREACHABLE',
        'the node cannot be reached',
        { node_id: nodeId, problem: order.problem },
        [{ kind: 'retry-info', retryDelayMs: 1_000 }],
      );
  }
}
