import {
  ClusterServiceService as clusterService,
  type Node,
} from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import type { BoxOfficeClient } from './box-office-client.js';

/**
 * Where the node at the client's address speaks HTTP: on the host it is reached by, for
 * its own name for it may mean nothing here, at the port it says.
 * @throws Error when that cannot be told; CallFailed
 */
export async function httpUrlAt(client: BoxOfficeClient): Promise<string> {
  const { address } = client;
  const { nodes } = await client.call(clusterService.listNodes, {});
  const ports = new Set(nodesAt(address, nodes).map(({ httpAddress }) => split(httpAddress).port));
  const [port] = ports;
  if (port === undefined || port === '' || ports.size > 1)
    throw new Error(`the nodes do not say which HTTP port goes with ${address}: name it with --http`);
  return `http://${split(address).host}:${port}`;
}

/** The list does not say which node answered. Where none has the address, it may be known by another name. */
function nodesAt(address: string, nodes: readonly Node[]): readonly Node[] {
  const exact = nodes.filter(({ grpcAddress }) => grpcAddress === address);
  return exact.length > 0 ? exact : nodes.filter(({ grpcAddress }) => split(grpcAddress).port === split(address).port);
}

function split(address: string): { readonly host: string; readonly port: string } {
  const at = address.lastIndexOf(':');
  return at < 0 ? { host: address, port: '' } : { host: address.slice(0, at), port: address.slice(at + 1) };
}
