import type { NodeIdentity, Storage } from '../storage.js';
import { postgresCatalogue } from './catalogue.js';
import { checkDurability } from './durability.js';
import { postgresHolders } from './holders.js';
import { openJournalWriter } from './journal.js';
import { journalReader } from './journal-reader.js';
import { silentLog, type StorageLog } from './log.js';
import { migrate } from './migrate.js';
import { postgresOwnership } from './ownership.js';
import { openPool } from './pool.js';
import type { ConnectionSettings, Isolation } from './settings.js';
import { postgresSnapshots } from './snapshots.js';

export interface PostgresStorageConfig {
  /** `postgres://user:password@host:port/database`; a direct connection, not a pooler's. */
  readonly url: string;
  readonly node: NodeIdentity;
  /** Connections that append; each has one statement under way. Default 2. */
  readonly lanes?: number;
  /** Turns in one append. Default 500. */
  readonly batchTurnsMax?: number;
  /** Events in one append. Default 64 MiB. */
  readonly batchBytesMax?: number;
  /** Connections for claims, snapshots, creations and health checks. Default 4. */
  readonly commandConnections?: number;
  /** Connections for recoveries, lists and proofs of ownership. Default 4. */
  readonly readConnections?: number;
  /** Statements that may wait for a connection of either kind; more are refused. Default 10,000. */
  readonly waitingMax?: number;
  /** Of what writes. Default `serializable`; nothing depends on it for safety. */
  readonly isolation?: Isolation;
  /** Default 5,000; 100 to 600,000. */
  readonly statementTimeoutMs?: number;
  /** Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** Unpacked size of a seating plan. Default 64 MiB. */
  readonly seatingPlanBytesMax?: number;
  /** Run although the server may lose commits in a crash. Default false. */
  readonly allowUnsafeDurability?: boolean;
  readonly log?: StorageLog;
}

const APPEND_ATTEMPTS = 5;
/** Each round of parties that undo each other lets one through: this many may claim one screening at once. */
const COMMAND_ATTEMPTS = 20;
/**
 * A connection that only reads is refused nothing by a server that was replaced and not
 * stopped: so long at most it goes on reading there.
 */
const CONNECTION_LIFETIME_MS = 60_000;

/**
 * Connects, brings the schema up to date and checks the server's durability.
 * @throws StorageUnavailable when the server cannot be reached; Error that says what to
 *   change when its settings or its schema do not fit.
 */
export async function openPostgresStorage(config: PostgresStorageConfig): Promise<Storage> {
  const { node, waitingMax: maxWaiting = 10_000, log = silentLog } = config;
  const settings: ConnectionSettings = {
    url: config.url,
    applicationName: `cinema ${node.nodeId}`,
    isolation: config.isolation ?? 'serializable',
    statementTimeoutMs: config.statementTimeoutMs ?? 5_000,
    connectTimeoutMs: config.connectTimeoutMs ?? 3_000,
    log,
  };
  await migrate(settings);

  const commands = openPool(settings, {
    max: config.commandConnections ?? 4,
    maxWaiting,
    attempts: COMMAND_ATTEMPTS,
    connectionLifetimeMs: CONNECTION_LIFETIME_MS,
    server: {},
  });
  // Single statements that only read see one snapshot at any level. At READ COMMITTED they
  // take no predicate locks, by which a listing could undo an append.
  const reads = openPool(
    { ...settings, isolation: 'read committed' },
    {
      max: config.readConnections ?? 4,
      maxWaiting,
      attempts: COMMAND_ATTEMPTS,
      connectionLifetimeMs: CONNECTION_LIFETIME_MS,
      server: { default_transaction_read_only: 'on' },
    },
  );
  const journalWriter = openJournalWriter(settings, {
    lanes: config.lanes ?? 2,
    batchTurnsMax: config.batchTurnsMax ?? 500,
    batchBytesMax: config.batchBytesMax ?? 64 * 1024 * 1024,
    attempts: APPEND_ATTEMPTS,
  });

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= Promise.all([journalWriter.close(), commands.close(), reads.close()]).then(() => undefined));
  try {
    await checkDurability(reads, config.allowUnsafeDurability ?? false);
    await journalWriter.connect();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    journalWriter,
    lanes: journalWriter.lanes,
    journalReader: journalReader(reads),
    ownership: postgresOwnership(commands, reads, node),
    holders: postgresHolders(commands, reads),
    snapshots: postgresSnapshots(commands, reads),
    catalogue: postgresCatalogue(commands, reads, config.seatingPlanBytesMax ?? 64 * 1024 * 1024),
    async check() {
      const [row] = await commands.query<{ nowMs: number }>(
        'heartbeat',
        `INSERT INTO node_heartbeat (node_id, boot_id, beat_at) VALUES ($1, $2, clock_timestamp())
         ON CONFLICT (node_id) DO UPDATE SET boot_id = excluded.boot_id, beat_at = excluded.beat_at
         RETURNING (extract(epoch FROM beat_at) * 1000)::float8 AS "nowMs"`,
        [node.nodeId, node.bootId],
      );
      return row?.nowMs;
    },
    close,
  };
}
