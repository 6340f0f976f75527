import type { Hello } from '../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { PeerIdentity } from '../../cluster/ports.js';
import { PROTOCOL } from './link-protocol.js';

/** What this node says of itself. @param cluster name of the cluster; nodes of one cluster have the same */
export function helloOf({ nodeId, bootId }: PeerIdentity, cluster: string): Hello {
  return { protocol: PROTOCOL, cluster, nodeId, bootId };
}

/** What is wrong with the hello of a node that was called as `expected`; undefined when nothing is. */
export function problemWithAnswer(said: Hello, own: Hello, expected: PeerIdentity): string | undefined {
  return (
    problemWithCluster(said, own) ??
    (said.nodeId === expected.nodeId ? undefined : `not node ${quoted(expected.nodeId)}, which was called`) ??
    (said.bootId === expected.bootId ? undefined : `not boot ${quoted(expected.bootId)}, which was called`)
  );
}

/** What is wrong with the hello of a node that calls; undefined when nothing is. */
export function problemWithCaller(said: Hello, own: Hello): string | undefined {
  return (
    problemWithCluster(said, own) ??
    (said.nodeId === '' || said.bootId === '' ? 'without a name' : undefined) ??
    (said.nodeId === own.nodeId ? `under the name of the node it calls, ${quoted(own.nodeId)}` : undefined)
  );
}

/** Who somebody says to be, for a log. What they say may be anything, so it is cut. */
export function described({ protocol, cluster, nodeId, bootId }: Hello): string {
  return `node ${quoted(nodeId)}, boot ${quoted(bootId)}, of cluster ${quoted(cluster)}, protocol ${String(protocol)}`;
}

function problemWithCluster(said: Hello, own: Hello): string | undefined {
  if (said.protocol !== own.protocol) return `not of protocol ${String(own.protocol)}`;
  return said.cluster === own.cluster ? undefined : `not of cluster ${quoted(own.cluster)}`;
}

const SAID_MAX = 80;

function quoted(said: string): string {
  return JSON.stringify(said.length > SAID_MAX ? `${said.slice(0, SAID_MAX)}...` : said);
}
