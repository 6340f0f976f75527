import { readConfig, type ConfigInput } from '../../src/config/index.js';
import { openNode } from '../../src/node.js';
import { connectBoxOffice, type BoxOfficeClient } from '../support/box-office-client.js';
import type { NodeOverrides } from '../support/node.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { freshRedis, type TestRedis } from '../support/redis.js';

/** A node of the real program in this process, in a cluster of several. */
export interface MemberNode {
  readonly id: string;
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly client: BoxOfficeClient;
  /** In order: drains first. Idempotent. */
  close(): Promise<void>;
}

/** Nodes that share a database and a Redis of their own. */
export interface TestCluster {
  readonly nodes: readonly MemberNode[];
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  /** Starts one more. Rejects when it cannot start. */
  join(id: string, overrides?: NodeOverrides): Promise<MemberNode>;
  /** Closes every node and removes what they kept. Idempotent. */
  stop(): Promise<void>;
}

/** Starts `node-1` to `node-<count>`. Allow 30 s for the first of a test run. */
export async function startCluster(count: number, overrides: NodeOverrides = {}): Promise<TestCluster> {
  const [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
  const nodes: MemberNode[] = [];
  const join = async (id: string, more: NodeOverrides = {}): Promise<MemberNode> => {
    const config: ConfigInput = {
      demoData: true,
      ...overrides,
      ...more,
      node: { grpcPort: 0, httpPort: 0, peerPort: 0, logLevel: 'silent', ...overrides.node, ...more.node, id },
      redis: { url: redis.url, keyPrefix: redis.keyPrefix, ...overrides.redis, ...more.redis },
      postgres: { url: database.url, ...overrides.postgres, ...more.postgres },
    };
    const node = await openNode(readConfig(config, 'test configuration'));
    const grpcAddress = `127.0.0.1:${String(node.grpcPort)}`;
    const client = connectBoxOffice(grpcAddress);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await node.close();
      client.close();
    };
    const member: MemberNode = {
      id,
      grpcAddress,
      httpUrl: `http://127.0.0.1:${String(node.httpPort)}`,
      client,
      close: () => (closing ??= close()),
    };
    nodes.push(member);
    return member;
  };
  for (let number = 1; number <= count; number += 1) await join(`node-${String(number)}`);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()));
    await database.drop();
    await redis.drop();
  };
  return { nodes, database, redis, join, stop: () => (stopping ??= stop()) };
}

/** The gRPC address of the node that placement gives a screening, as its members say. */
export async function ownerOf({ nodes, database }: TestCluster, screeningId: string): Promise<MemberNode> {
  const [row] = await database.sql<{ node_id: string }>('SELECT node_id FROM screening_owner WHERE screening_id = $1', [
    screeningId,
  ]);
  const owner = nodes.find(({ id }) => id === row?.node_id);
  if (owner === undefined) throw new Error(`nobody has claimed ${screeningId}`);
  return owner;
}
