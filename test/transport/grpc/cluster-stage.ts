import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { ClusterServiceClient } from '../../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { systemClock } from '../../../src/runtime/index.js';
import { clusterMethods, type ClusterAdmin, type NodeStatus } from '../../../src/transport/api/index.js';
import { addClusterService } from '../../../src/transport/grpc/cluster-service.js';
import { unary } from '../../../src/transport/grpc/unary.js';
import { member } from '../../cluster/members.js';

export interface ClusterStage {
  readonly address: string;
  readonly client: ClusterServiceClient;
  /** What came out as a bug, with its method. */
  readonly bugs: { readonly method: string; readonly error: unknown }[];
  close(): void;
}

/** ClusterService over a real socket, answered by a scripted cluster. What the script leaves out must not be asked. */
export async function serveCluster(script: Partial<ClusterAdmin>): Promise<ClusterStage> {
  const unexpected = (): never => {
    throw new Error('not in the script');
  };
  const admin: ClusterAdmin = {
    listNodes: unexpected,
    drainNode: unexpected,
    setNodeWeight: unexpected,
    locateScreening: unexpected,
    rebalance: unexpected,
    ...script,
  };
  const bugs: { method: string; error: unknown }[] = [];
  const onBug = (method: string, error: unknown) => bugs.push({ method, error });
  const methods = clusterMethods(admin, onBug);
  const server = new Server();
  addClusterService(server, methods, (method) => unary(method, systemClock, 5_000, onBug), { default: 1_024 });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const address = `127.0.0.1:${String(port)}`;
  const client = new ClusterServiceClient(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  return {
    address,
    client,
    bugs,
    close() {
      client.close();
      server.forceShutdown();
    },
  };
}

/** A node as the list shows it, with what a test does not care about filled in. */
export function nodeStatus(nodeId: string, changes: Partial<NodeStatus> = {}): NodeStatus {
  return { ...member(nodeId), reachable: true, problem: undefined, screenings: 0, share: 0, ...changes };
}
