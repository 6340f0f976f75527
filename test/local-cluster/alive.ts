import { credentials } from '@grpc/grpc-js';
import { ClusterServiceClient } from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { call } from '../support/box-office-client.js';

/** Whether there is such a process. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether a node answers at the address. */
export async function isServing(address: string): Promise<boolean> {
  const client = new ClusterServiceClient(address, credentials.createInsecure());
  try {
    return (await call(client, client.listNodes, {})).nodes.length > 0;
  } catch {
    return false;
  } finally {
    client.close();
  }
}
