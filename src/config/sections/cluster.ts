import { z } from 'zod';
import { ms, nodeId, port, whole } from './fields.js';

const clusterNode = z.strictObject({
  id: nodeId,
  /** Where others reach it, and what it listens on. */
  host: z.string().min(1),
  /** What it listens on instead, for example 0.0.0.0 in a container. */
  listenHost: z.string().min(1).optional(),
  /** Absent: as in the node section. */
  grpcPort: port.optional(),
  httpPort: port.optional(),
  peerPort: port.optional(),
  advertisedPeerPort: port.min(1, 'must be at least 1').optional(),
  weight: whole(0, 100).optional(),
  zone: z.string().max(64, 'must have at most 64 characters').optional(),
});

const tls = z.strictObject({
  caFile: z.string().min(1),
  certificateFile: z.string().min(1),
  keyFile: z.string().min(1),
});

/** Leases, placement, hand-off, the link between nodes. */
export const cluster = z.strictObject({
  nodes: z
    .array(clusterNode)
    .max(256, 'must have at most 256 nodes')
    .default([])
    .describe(
      'Nodes that are expected: `{id, host}` and, where they differ from the section `node`, `listenHost`, `grpcPort`, `httpPort`, `peerPort`, `advertisedPeerPort`, `weight` and `zone`. `npm start -- --node ID` takes its settings from here; absent and unreachable ones are named in health. Others may join too',
    ),
  leaseTtlMs: ms(300, 600_000)
    .default(1_500)
    .describe(
      'A node that has not renewed its lease for this long is dead to the others; most of the time of a failover',
    ),
  leaseRenewMs: ms(50, 60_000).default(300).describe('How often a lease is renewed and the view read'),
  leaseLossGraceMs: ms(100, 600_000)
    .default(5_000)
    .describe('When Redis has lost every lease the old view holds this long, for everyone to come back'),
  pointsPerWeight: whole(16, 4_096)
    .default(512)
    .describe(
      'Points of a node on the ring for each unit of weight; the same on every node. With 512 the fullest node had at most 1.13 times the mean in 99.9 % of clusters of 3 nodes with random names, 1.19 in those of 8 (160 points: 1.23, 1.31). A ring costs some 2 µs per point whenever the view changes: prefer small weights',
    ),
  placementCacheMax: whole(100, 10_000_000)
    .default(100_000)
    .describe('Screenings whose place on the ring is remembered; some 100 bytes each'),
  handOffsMax: whole(1, 10_000)
    .default(2)
    .describe(
      'Screenings this node hands over at once; more finish no sooner, for the cores are busy, but each then pauses for the others: on two cores 4 made the pauses twice as long, 32 six times',
    ),
  handOffTimeoutMs: ms(50, 60_000)
    .default(1_000)
    .describe('A node that does not let go of a screening for this long is overruled by the epoch'),
  drainTimeoutMs: ms(100, 3_600_000)
    .default(30_000)
    .describe('How long a stop waits for its screenings to be taken over before it just stops'),
  routeRetryMs: ms(1, 10_000)
    .default(10)
    .describe('First pause before a command is sent on to another owner; it doubles, with jitter'),
  routeRetryMaxMs: ms(1, 60_000).default(200).describe('Longest such pause'),
  routeWaitingMax: whole(1, 1_000_000)
    .default(20_000)
    .describe('Calls that wait for a screening to change hands; more are refused OVERLOADED'),
  callsPerPeerMax: whole(1, 1_000_000)
    .default(20_000)
    .describe('Calls under way to one peer; more are refused OVERLOADED'),
  bytesPerPeerMax: whole(65_536, 1_073_741_824)
    .default(67_108_864)
    .describe('Bytes of calls under way to one peer; more are refused OVERLOADED'),
  peerBatchCallsMax: whole(1, 10_000).default(256).describe('Most calls or replies of one frame of a peer link'),
  peerConnectTimeoutMs: ms(50, 60_000).default(1_000).describe('For opening a link to a peer'),
  peerReconnectMaxMs: ms(10, 60_000).default(1_000).describe('Longest pause between attempts to reach a peer'),
  peerSilenceMs: ms(200, 600_000)
    .default(3_000)
    .describe('A link on which nothing comes for this long, pings included, is given up'),
  clockSkewMaxMs: ms(100, 3_600_000)
    .default(2_000)
    .describe('A node whose clock is this far from the database takes no screenings: it would end holds early or late'),
  tls: tls
    .nullable()
    .default(null)
    .describe('`{caFile, certificateFile, keyFile}` in PEM for mutual TLS on the peer link; null is plain text'),
});
