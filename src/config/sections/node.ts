import { z } from 'zod';
import { ms, nodeId, port, whole } from './fields.js';

/** This node: its name, its ports, its share. */
export const node = z.strictObject({
  id: nodeId.default('node-1').describe('Name of this node in logs, metrics and ownership'),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address it listens on; loopback unless told otherwise, for the API has no authentication of its own'),
  grpcPort: port.default(50051).describe('gRPC; 0 takes any free port'),
  httpPort: port.default(8080).describe('Pages, sockets, health and metrics; 0 takes any free port'),
  peerPort: port.default(50151).describe('Link between nodes, opened only in a cluster; 0 takes any free port'),
  advertisedHost: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('Name or address other nodes and clients reach this node by; null is `node.host`'),
  advertisedPeerPort: port
    .min(1, 'must be at least 1')
    .nullable()
    .default(null)
    .describe(
      'Port other nodes dial, where a proxy or a port mapping stands before `node.peerPort`; null is that port',
    ),
  weight: whole(0, 100)
    .default(1)
    .describe('Share of the screenings, relative to other nodes; 0 takes none and only forwards'),
  zone: z
    .string()
    .max(64, 'must have at most 64 characters')
    .default('')
    .describe('Where the node stands, shown to operators'),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least severe log line that is written'),
  closeTimeoutMs: ms(100)
    .default(5_000)
    .describe('How long a graceful stop waits for calls under way before it cuts them'),
});
