import { z } from 'zod';
import { ms, port, serverUrl, whole } from './fields.js';

/** Where everything is kept. */
export const postgres = z.strictObject({
  url: serverUrl(/^postgres(ql)?:\/\//, 'postgres://')
    .nullable()
    .default(null)
    .describe(
      'An existing server; null runs the embedded one. `DATABASE_URL` overrides it. Parameters for TLS may follow `?`; those the node sets itself (`options`, time limits, `application_name`) are refused',
    ),
  dataDir: z
    .string()
    .min(1)
    .default('.data/postgres')
    .describe('Where the embedded server keeps its data, relative to the working directory'),
  embeddedPort: port.default(0).describe('Loopback port of the embedded server; 0 takes any free one'),
  isolation: z
    .enum(['serializable', 'repeatable read', 'read committed'])
    .default('serializable')
    .describe('Of writing statements; a second belt, nothing depends on it'),
  commitLanes: whole(1, 16)
    .default(2)
    .describe('Connections that commit side by side; one commits while another is being answered'),
  turnsPerCommit: whole(1, 10_000).default(500).describe('Most turns of one statement; bounds how long a commit takes'),
  commitPaceMs: ms(0, 1_000)
    .default(5)
    .describe(
      'Shortest time from one statement of a connection to its next, after one with turns of several screenings; a turn that comes alone waits for nothing',
    ),
  commandConnections: whole(1, 100)
    .default(4)
    .describe('Connections for claims, snapshots, creations and health checks'),
  readConnections: whole(1, 100).default(4).describe('Connections for recoveries, lists and proofs of ownership'),
  statementTimeoutMs: ms(100, 600_000)
    .default(5_000)
    .describe('A statement the server has not answered by then has an unknown outcome'),
  connectTimeoutMs: ms(100, 60_000).default(3_000).describe('For opening a connection'),
  allowUnsafeDurability: z
    .boolean()
    .default(false)
    .describe('Run although the server may lose commits (fsync, full_page_writes or synchronous_commit off)'),
});
