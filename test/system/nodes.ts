import { readConfig } from '../../src/config/index.js';
import { openNode } from '../../src/node.js';
import type { NodeOverrides } from '../support/node.js';
import type { TestDatabase } from '../support/postgres.js';

/** A node inside this process on a database that outlives it. */
export interface OpenedNode {
  readonly grpcAddress: string;
  readonly httpUrl: string;
  /** In order, with a last snapshot. Idempotent. */
  close(): Promise<void>;
}

/** For tests that restart a node, or run two, on one database. The caller drops the database. */
export async function openNodeOn(database: TestDatabase, overrides: NodeOverrides = {}): Promise<OpenedNode> {
  const config = {
    demoData: true,
    ...overrides,
    node: { id: 'test-node', grpcPort: 0, httpPort: 0, logLevel: 'silent' as const, ...overrides.node },
    postgres: { ...overrides.postgres, url: database.url },
  };
  const node = await openNode(readConfig(config, 'test configuration'));
  return {
    grpcAddress: `127.0.0.1:${String(node.grpcPort)}`,
    httpUrl: `http://127.0.0.1:${String(node.httpPort)}`,
    close: () => node.close(),
  };
}
