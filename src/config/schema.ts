import { z } from 'zod';

/**
 * Everything an operator can set. Units are in the names; a description says why the
 * default is what it is, and becomes the table in the README.
 */
const whole = (min: number, max: number): z.ZodNumber =>
  z
    .number('must be a number')
    .int('must be a whole number')
    .min(min, `must be at least ${String(min)}`)
    .max(max, `must be at most ${String(max)}`);
const ms = (min: number, max = 86_400_000): z.ZodNumber => whole(min, max);
const port = whole(0, 65_535);

const nodeId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

const node = z.strictObject({
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

const redis = z.strictObject({
  url: z
    .string()
    .regex(/^rediss?:\/\//, 'must be a redis:// or rediss:// URL')
    .nullable()
    .default(null)
    .describe('Makes this node part of a cluster; null leaves it alone. `REDIS_URL` overrides it'),
  keyPrefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
    .default('cinema')
    .describe('Before every key and channel, for a Redis that others use too. Nodes of one cluster have the same'),
  connectTimeoutMs: ms(100, 60_000).default(1_000).describe('For opening a connection'),
  commandTimeoutMs: ms(50, 60_000)
    .default(500)
    .describe('A command Redis has not answered by then has failed; a half-open socket would hang for ever'),
  reconnectMaxMs: ms(50, 60_000).default(1_000).describe('Longest pause between attempts to connect'),
  publishesInFlightMax: whole(1, 1_000_000)
    .default(10_000)
    .describe('Changes Redis has not acknowledged; more are not sent to other nodes, which ask the owner instead'),
  cacheTtlMs: ms(100, 3_600_000)
    .default(5_000)
    .describe('A cached seat map or list of bookings lives this long even if its invalidation was lost'),
  cacheValueBytesMax: whole(1_024, 16_777_216)
    .default(262_144)
    .describe('Larger values are not cached: a seat map of 200,000 seats fits'),
  rememberedReadsMax: whole(100, 10_000_000)
    .default(50_000)
    .describe(
      'Screenings and buyers this node remembers, so that whoever reads through it is shown nothing older than before; about 100 bytes each',
    ),
});

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

const cluster = z.strictObject({
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

const postgres = z.strictObject({
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL')
    .nullable()
    .default(null)
    .describe('An existing server; null runs the embedded one. `DATABASE_URL` overrides it'),
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
  commandConnections: whole(1, 100).default(4).describe('Connections for claims, snapshots and creations'),
  readConnections: whole(1, 100).default(4).describe('Connections for recoveries and lists'),
  statementTimeoutMs: ms(100, 600_000)
    .default(5_000)
    .describe('A statement the server has not answered by then has an unknown outcome'),
  connectTimeoutMs: ms(100, 60_000).default(3_000).describe('For opening a connection'),
  allowUnsafeDurability: z
    .boolean()
    .default(false)
    .describe('Run although the server may lose commits (fsync, full_page_writes or synchronous_commit off)'),
});

const runtime = z.strictObject({
  mailboxLimit: whole(1, 1_000_000)
    .default(20_000)
    .describe('Most commands waiting for one screening; more are refused OVERLOADED. About one second of work'),
  turnBatchLimit: whole(1, 100_000)
    .default(1_000)
    .describe('Most commands of one turn; bounds the journal row and how long deciding holds up the node'),
  turnPaceMs: ms(0, 1_000)
    .default(10)
    .describe(
      'Longest time from the start of a busy turn to the next: fewer, larger commits near saturation; a screening with few callers never waits',
    ),
  ownershipProofMs: ms(0, 60_000)
    .default(1_000)
    .describe(
      'A seat map is told to other nodes only by an owner that has proved within this time that it still is one: bounds how old a map can be that a node shows which lost its screenings without noticing',
    ),
  residentsMax: whole(1, 1_000_000)
    .default(10_000)
    .describe('Most screenings in memory; the least recently used leaves first'),
  passivateAfterMs: ms(100).default(600_000).describe('A screening nobody asked for this long leaves memory'),
  recoveriesMax: whole(1, 1_000).default(8).describe('Recoveries, and final snapshots, under way at once'),
  activationBackoffMs: ms(1, 60_000)
    .default(100)
    .describe('After a failed activation the next is not tried for this long'),
  snapshotMinEvents: whole(1, 10_000_000).default(1_000).describe('No snapshot before this many events'),
  snapshotIntervalMs: ms(100)
    .default(60_000)
    .describe('A changed screening is snapshotted after this long even when few events came'),
  wakeUpScanMs: ms(50)
    .default(5_000)
    .describe('How often the database is asked which screenings have holds about to expire'),
  wakeUpsPerScan: whole(1, 100_000).default(1_000).describe('Most screenings woken by one scan'),
});

const screening = z.strictObject({
  maxSeatsPerRequest: whole(1, 10_000)
    .default(10)
    .describe('Most seats of one hold, unless the screening says otherwise'),
  maxSeatsPerBuyer: whole(1, 10_000)
    .default(10)
    .describe('Most seats one buyer has held and booked in a screening, unless it says otherwise'),
  holdTtlMs: ms(1_000).default(480_000).describe('TTL of a hold that asks for none: 8 min, enough to pay'),
  holdLifetimeMaxMs: ms(1_000)
    .default(1_800_000)
    .describe(
      'From the taking of a hold to its last possible end: 30 min, so that extending cannot keep seats for ever',
    ),
  staffSeatsPerRequest: whole(1, 10_000).default(500).describe('Most seats of one staff sale: a school, not the hall'),
  rememberedRequests: whole(100, 100_000_000)
    .default(1_000_000)
    .describe(
      'Most request_ids a screening remembers over 24 h; more mutations are refused OVERLOADED. About 250 bytes each',
    ),
  seatingPlanSeatsMax: whole(1, 200_000).default(200_000).describe('Largest seating plan, in seats'),
  cachedPlanSeatsMax: whole(1, 100_000_000)
    .default(1_000_000)
    .describe('Most seats of all cached seating plans; about 200 bytes each'),
  cachedPlacesMax: whole(1, 10_000_000).default(100_000).describe('Most screenings whose auditorium is remembered'),
});

const streams = z.strictObject({
  frameIntervalMs: ms(0, 10_000)
    .default(50)
    .describe('Least time between two frames of a screening; changes in between are merged per seat'),
  progressIntervalMs: ms(50, 60_000)
    .default(3_000)
    .describe(
      'How often viewers are told where the stream is, and the owner is asked; a map whose owner does not answer for this long is marked stale',
    ),
  ownerRetryMs: ms(1, 60_000)
    .default(50)
    .describe('First pause before an owner that did not answer is asked again; it doubles up to `progressIntervalMs`'),
  busAwayPollMs: ms(1, 60_000)
    .default(250)
    .describe(
      'How soon the owner is asked again after it told what Redis had not; it doubles while nothing happens, up to `progressIntervalMs`',
    ),
  resumeFrames: whole(0, 100_000)
    .default(1_000)
    .describe('Frames kept for viewers who come back: 50 s of the busiest screening'),
  resumeSeatChanges: whole(0, 10_000_000)
    .default(50_000)
    .describe('Seat changes kept for viewers who come back; bounds their memory'),
  replicasMax: whole(1, 1_000_000).default(5_000).describe('Most screenings with a live seat map on this node'),
  replicaIdleMs: ms(0).default(60_000).describe('A seat map nobody reads is kept this long'),
});

const grpc = z.strictObject({
  commandTimeoutMs: ms(100, 600_000).default(10_000).describe('Deadline of a call that sets none, or a later one'),
  commandBytesMax: whole(1_024, 16_777_216)
    .default(1_048_576)
    .describe('Largest request of any method but CreateAuditorium'),
  seatingPlanBytesMax: whole(1_024, 268_435_456)
    .default(67_108_864)
    .describe('Largest CreateAuditorium request; 200,000 seats have some 26 MB'),
  callsPerConnectionMax: whole(1, 100_000).default(2_000).describe('Most calls under way on one connection'),
  executePipelineMax: whole(1, 100_000).default(1_000).describe('Most unanswered commands of one Execute stream'),
  watchersMax: whole(1, 100_000).default(5_000).describe('Most WatchSeats streams on this node'),
});

const http = z.strictObject({
  allowedOrigins: z
    .array(z.string().regex(/^https?:\/\/[^/]+$/, 'must be an origin such as https://example.com'))
    .default([])
    .describe("Other origins whose pages may call and watch; the page's own is always allowed"),
  bodyBytesMax: whole(256, 16_777_216)
    .default(262_144)
    .describe('Largest request body: 1,000 seat ids and room to spare'),
  requestTimeoutMs: ms(100, 600_000).default(10_000).describe('From the arrival of a request to its answer'),
  requestsInFlightMax: whole(1, 1_000_000)
    .default(10_000)
    .describe('Requests being answered at once; more are refused 503'),
  screeningsPerPageMax: whole(1, 1_000)
    .default(100)
    .describe('Most screenings of one page of the list; each costs a look at its seat map'),
  viewersMax: whole(1, 1_000_000)
    .default(18_000)
    .describe('Most sockets on this node; a process may often open 20,000 files'),
  viewerMessageBytesMax: whole(64, 65_536).default(1_024).describe('Largest message a viewer may send'),
  viewerIdleTimeoutSeconds: whole(8, 960).default(32).describe('A socket that answers no ping for this long is closed'),
  slowViewerBytes: whole(1_024, 16_777_216)
    .default(65_536)
    .describe('Unsent bytes from which a viewer is slow: it gets a reset and a new snapshot once it has read them'),
  viewerBacklogBytesMax: whole(2_048, 67_108_864)
    .default(1_048_576)
    .describe('Unsent bytes at which a viewer is cut off'),
});

const health = z.strictObject({
  checkIntervalMs: ms(50, 60_000)
    .default(2_000)
    .describe('How often the node proves that it can run a turn and commit it'),
  stallMs: ms(500, 600_000)
    .default(15_000)
    .describe('A turn that has not ended by then means the node no longer makes progress'),
});

export const configSchema = z.strictObject({
  node: node.prefault({}),
  cluster: cluster.prefault({}),
  redis: redis.prefault({}),
  postgres: postgres.prefault({}),
  runtime: runtime.prefault({}),
  screening: screening.prefault({}),
  streams: streams.prefault({}),
  grpc: grpc.prefault({}),
  http: http.prefault({}),
  health: health.prefault({}),
  demoData: z
    .boolean()
    .default(false)
    .describe('Import two auditoriums and a few screenings when the database has none'),
});

/** A complete, checked configuration. */
export type Config = z.output<typeof configSchema>;
/** What a file may say; every key has a default. */
export type ConfigInput = z.input<typeof configSchema>;
