import type { Server } from '@grpc/grpc-js';
import { ClusterServiceService } from '../../../proto/gen/cinema/cluster/v1/cluster_service.js';
import type { ClusterMethods, Method } from '../api/index.js';
import { type Malformed, methodTable } from './method-table.js';
import type { UnaryHandler } from './unary-call.js';

type Answer = <Request, Response>(method: Method<Request, Response>) => UnaryHandler<Request | Malformed, Response>;

/** Serves cinema.cluster.v1.ClusterService. */
export function addClusterService(
  server: Server,
  methods: ClusterMethods,
  answer: Answer,
  bytesMax: { readonly default: number },
): void {
  server.addService(methodTable(ClusterServiceService, {}, bytesMax), {
    listNodes: answer(methods.listNodes),
    drainNode: answer(methods.drainNode),
    setNodeWeight: answer(methods.setNodeWeight),
    locateScreening: answer(methods.locateScreening),
    rebalance: answer(methods.rebalance),
  });
}
