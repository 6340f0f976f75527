import { Health } from '../health.js';
import { openEmbeddedPostgres, openPostgresStorage, type Storage, type StorageLog } from '../storage/postgres/index.js';
import type { Log } from '../telemetry/index.js';
import { mender } from './mend.js';
import type { Parts } from './parts.js';

export interface NodeStorage extends Storage {
  readonly url: string;
  readonly health: Health;
}

/** Postgres (embedded unless a server is configured), the storage on it, and the health that watches it. */
export async function startStorage({ config, log, clock, randomness, identity, onStop }: Parts): Promise<NodeStorage> {
  const storageLog = storageLogOf(log);
  const { url: configuredUrl, dataDir, embeddedPort: port } = config.postgres;
  const embedded = configuredUrl === null ? await openEmbeddedPostgres({ dataDir, port, log: storageLog }) : undefined;
  if (embedded !== undefined) onStop(() => embedded.close());
  const url = configuredUrl ?? embedded?.url ?? '';
  const storage = await openPostgresStorage({
    ...config.postgres,
    url,
    lanes: config.postgres.commitLanes,
    batchTurnsMax: config.postgres.turnsPerCommit,
    seatingPlanBytesMax: config.grpc.seatingPlanBytesMax,
    node: identity,
    log: storageLog,
  });
  onStop(() => storage.close());
  const mend = mender(
    async () => embedded?.ensureRunning(),
    (err) => {
      log.error({ err }, 'embedded Postgres cannot be started again');
    },
  );
  const health = new Health(() => storage.check(), mend, clock, randomness, config.health);
  onStop(() => {
    health.stop();
  });
  return { ...storage, url, health };
}

export function storageLogOf(log: Log): StorageLog {
  return (level, message, fields) => {
    log[level](fields ?? {}, message);
  };
}
