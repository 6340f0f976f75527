import pg from 'pg';
import { StorageUnavailable } from '../../runtime/ports.js';
import { cannotConnect, leavesConnectionGood, toStorageError } from './errors.js';
import { requirePrimary } from './require-primary.js';
import { retrying } from './retry.js';
import { clientConfig, type ConnectionSettings } from './settings.js';

/** Runs single statements, each a transaction of its own. */
export interface SqlPool {
  /**
   * Repeats the statement on serialisation failures, so it must be right to run twice.
   * `Row` is what the statement's columns are; nothing checks it.
   * @throws StorageUnavailable when the database cannot be reached, lets nobody in or is too
   *   busy, or the outcome is unknown. Refusals (SQLSTATE class 22, 23, ...) are thrown as the driver has them.
   */
  query<Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Waits for the statements that run. Idempotent. */
  close(): Promise<void>;
}

export interface PoolSettings {
  /** Connections open at once. */
  readonly max: number;
  /** Statements that may wait for a connection; more are refused. */
  readonly maxWaiting: number;
  /** How often a statement is repeated after a serialisation failure. */
  readonly attempts: number;
  /** A connection is closed when it is this old and has nothing to do; another is opened when there is need. */
  readonly connectionLifetimeMs: number;
  /** Server parameters of every session. */
  readonly server: Readonly<Record<string, string>>;
}

/** Opens no connection before the first statement. */
export function openPool(settings: ConnectionSettings, limits: PoolSettings): SqlPool {
  const { max, maxWaiting, attempts } = limits;
  const pool = new pg.Pool({
    ...clientConfig(settings, limits.server),
    max,
    maxLifetimeSeconds: limits.connectionLifetimeMs / 1000,
    idleTimeoutMillis: 0, // its lifetime ends an idle one too
    verify: (client, done) => {
      requirePrimary(client).then(() => {
        done();
      }, done);
    },
  });
  // An idle connection that is lost is replaced by the next statement; without a listener it ends the process.
  pool.on('error', (error) => {
    settings.log('warn', 'an idle Postgres connection was lost', { error: error.message });
  });
  // One that is lost in the middle of a statement fails that statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const repeat = retrying(attempts);
  const connect = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      throw cannotConnect(error);
    }
  };
  const run = async <Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<readonly Row[]> => {
    const client = await connect();
    try {
      const { rows } = await client.query<Row>(statement);
      client.release();
      return rows;
    } catch (error) {
      // Kept, a repeated statement does not pay for a connection each time; closed, the next is a fresh one.
      client.release(!leavesConnectionGood(error));
      throw error;
    }
  };
  let closing: Promise<void> | undefined;
  return {
    async query<Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[]) {
      if (pool.waitingCount >= maxWaiting) {
        throw new StorageUnavailable(`Postgres: ${String(maxWaiting)} statements wait for a connection already`);
      }
      try {
        return await repeat(() => run<Row>({ name, text, values: [...values] }));
      } catch (error) {
        throw toStorageError(error);
      }
    },
    close: () => (closing ??= pool.end()),
  };
}
