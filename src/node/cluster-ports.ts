import { openRedis } from '../cluster/redis/index.js';
import { screeningNotices } from '../streams/index.js';
import { redisProbe } from '../telemetry/index.js';
import { openPeerLinks, openPeerServer, peerCredentials } from '../transport/peer/index.js';
import type { ClusterPorts } from './cluster.js';
import type { Parts } from './parts.js';
import { opened } from './start-error.js';
import { storageLogOf } from './storage.js';

/**
 * Redis and the links to peers, as production has them. Nothing is awaited from Redis:
 * a node starts without it and joins when it is there.
 * @throws StartError for certificates that cannot be used
 */
export async function openClusterPorts(parts: Parts, redisUrl: string): Promise<ClusterPorts> {
  const { config, clock, randomness, identity, onStop } = parts;
  const log = storageLogOf(parts.log);
  const limits = config.cluster;
  const redis = await openRedis(
    { ...config.redis, url: redisUrl },
    {
      randomness,
      log,
      probe: redisProbe(parts.metrics),
    },
  );
  onStop(() => redis.close());
  const credentials = await opened(() => peerCredentials(limits.tls));
  const link = {
    cluster: config.redis.keyPrefix,
    clock,
    limits: { ...limits, closeTimeoutMs: config.node.closeTimeoutMs },
    credentials,
    log,
  };
  const links = openPeerLinks({ ...link, self: identity, randomness });
  onStop(() => links.close());
  return {
    leases: redis.leases({ leaseTtlMs: limits.leaseTtlMs }),
    bus: redis.bus(screeningNotices),
    cache: redis.readCache(),
    links,
    async listen(serve) {
      const { host, peerPort: port, advertisedHost, advertisedPeerPort } = config.node;
      const server = await opened(() => openPeerServer({ ...link, host, port, identity, serve }));
      onStop(() => server.close());
      return `${advertisedHost ?? host}:${String(advertisedPeerPort ?? server.port)}`;
    },
  };
}
