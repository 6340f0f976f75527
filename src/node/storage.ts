import { Health } from '../health.js';
import { openEmbeddedPostgres, openPostgresStorage, type Storage, type StorageLog } from '../storage/postgres/index.js';
import type { Log } from '../telemetry/index.js';
import { ClockWatch } from './clock-watch.js';
import { mender } from './mend.js';
import type { NodeExtras, Parts } from './parts.js';
import { opened } from './start-error.js';

export interface NodeStorage extends Storage {
  readonly url: string;
  readonly health: Health;
  /** Told of the database's time at every health check. */
  readonly clockWatch: ClockWatch;
}

/**
 * Postgres (embedded unless a server is configured), the storage on it, and the health that watches it.
 * @throws StartError
 */
export async function startStorage(
  { config, log, clock, randomness, identity, onStop }: Parts,
  { wrapStorage = (storage) => storage }: NodeExtras,
): Promise<NodeStorage> {
  const storageLog = storageLogOf(log);
  const { url: configuredUrl, dataDir, embeddedPort: port } = config.postgres;
  const embedded =
    configuredUrl === null ? await opened(() => openEmbeddedPostgres({ dataDir, port, log: storageLog })) : undefined;
  if (embedded !== undefined) onStop(() => embedded.close());
  const url = configuredUrl ?? embedded?.url ?? '';
  const postgres = await opened(() =>
    openPostgresStorage({
      ...config.postgres,
      url,
      lanes: config.postgres.commitLanes,
      batchTurnsMax: config.postgres.turnsPerCommit,
      seatingPlanBytesMax: config.grpc.seatingPlanBytesMax,
      node: identity,
      log: storageLog,
    }),
  );
  onStop(() => postgres.close());
  const storage = wrapStorage(postgres);
  const mend = mender(
    async () => embedded?.ensureRunning(),
    (reason) => {
      log.error({ reason }, 'embedded Postgres cannot be started again');
    },
  );
  const clockWatch = new ClockWatch(clock, config.cluster.clockSkewMaxMs);
  const health = new Health(() => clockWatch.observe(() => storage.check()), mend, clock, randomness, config.health);
  onStop(() => {
    health.stop();
  });
  health.include({
    name: 'clock',
    look: () => clockWatch.look(),
    // Alone it is still the best there is.
    gatesReadiness: config.redis.url !== null,
  });
  clockWatch.onChange(() => {
    if (clockWatch.isOff) log.error(clockWatch.problem());
    else log.info("this machine's clock agrees with the database's again");
  });
  return { ...storage, url, health, clockWatch };
}

export function storageLogOf(log: Log): StorageLog {
  return (level, message, fields) => {
    log[level](fields ?? {}, message);
  };
}
