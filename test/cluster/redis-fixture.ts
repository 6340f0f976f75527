import { openRedis, type RedisOptions, type RedisPorts } from '../../src/cluster/redis/index.js';
import { systemRandomness } from '../../src/runtime/index.js';
import { CuttableProxy } from '../support/cuttable-proxy.js';
import { CACHE, LEASE_TTL_MS, noteCodec, type ClusterFixture } from '../conformance/cluster-fixture.js';
import { freshRedis, type TestRedis } from '../support/redis.js';

export const COMMAND_TIMEOUT_MS = 500;

/** The adapters on one Redis, with short pauses and nothing said. */
export function openTestNode(
  redis: Pick<TestRedis, 'url' | 'keyPrefix'>,
  options: Partial<RedisOptions> = {},
  ports: Partial<RedisPorts> = {},
) {
  const { url, keyPrefix } = redis;
  return openRedis(
    {
      url,
      keyPrefix,
      connectTimeoutMs: 500,
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
      reconnectMaxMs: 100,
      publishesInFlightMax: 2_000,
      ...CACHE,
      ...options,
    },
    { randomness: systemRandomness(), ...ports },
  );
}

/** The fixture of the conformance suites; nodes reach Redis by way of a proxy that can be cut. */
export async function openRedisFixture(): Promise<ClusterFixture> {
  const redis = await freshRedis();
  const root = `{${redis.keyPrefix}}:`;
  const proxy = await CuttableProxy.open(redis.url);
  const viaProxy = new URL(redis.url);
  viaProxy.hostname = '127.0.0.1';
  viaProxy.port = new URL(proxy.url).port;
  const nodes: Awaited<ReturnType<typeof openTestNode>>[] = [];
  const expire = async (key: string): Promise<void> => {
    if ((await redis.client.del(root + key)) !== 1) throw new Error(`there is no ${root}${key}`);
  };
  return {
    async node() {
      const node = await openTestNode({ url: viaProxy.href, keyPrefix: redis.keyPrefix });
      nodes.push(node);
      return { leases: node.leases({ leaseTtlMs: LEASE_TTL_MS }), bus: node.bus(noteCodec), cache: node.readCache() };
    },
    // To Redis there is no difference between a key that ran out and one that was deleted.
    expireLease: (nodeId) => expire(`lease:${nodeId}`),
    expireEntry: (key) => expire(`cache:${key}`),
    async flush() {
      const keys = await redis.client.keys(`${root}*`);
      await redis.client.del(...keys);
    },
    goAway: () => {
      proxy.cut();
    },
    comeBack: () => {
      proxy.mend();
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      await proxy.close();
      await redis.drop();
    },
  };
}
