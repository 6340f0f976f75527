import pg from 'pg';
import { StorageUnavailable } from '../../runtime/ports.js';
import { cannotConnect } from './errors.js';
import { requirePrimary } from './require-primary.js';
import { clientConfig, type ConnectionSettings } from './settings.js';

/** One connection for one caller at a time, opened again when it was lost. */
export interface Lane {
  /**
   * The connection, ready for use.
   * @throws StorageUnavailable when it cannot be opened; at once while the last failure is recent.
   */
  connection(): Promise<pg.Client>;
  /** Closes the connection after an error that leaves it in doubt; the next call opens another. */
  discard(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 2_000;

/**
 * An append reaches every row by its key, and is written so that the only other way is
 * a sequential scan. That would, at SERIALIZABLE, lock the whole table against the
 * other lanes. The plan is made once, not per execution.
 */
const KEYED_PLANS: Readonly<Record<string, string>> = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  jit: 'off',
};

/** Opens nothing before the first call of `connection`. */
export function openLane(settings: ConnectionSettings): Lane {
  let current: Promise<pg.Client> | undefined;
  let connected: pg.Client | undefined;
  let failures = 0;
  let notBeforeMs = 0;
  let closed = false;

  const discard = (): void => {
    const lost = current;
    current = undefined;
    connected = undefined;
    // `end` waits for nothing when a statement is under way: it cuts the connection.
    void lost?.then((client) => client.end()).catch(() => undefined);
  };

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(clientConfig(settings, KEYED_PLANS));
    const forget = (): void => {
      if (connected === client) {
        connected = undefined;
        current = undefined;
      }
    };
    client.on('error', (error) => {
      settings.log('warn', 'a journal connection was lost', { error: error.message });
      forget();
    });
    try {
      await client.connect();
      await requirePrimary(client);
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    connected = client;
    return client;
  };

  return {
    async connection() {
      if (closed) throw new StorageUnavailable('Postgres: the journal is closed');
      if (current !== undefined) return current;
      const waitMs = notBeforeMs - performance.now();
      if (waitMs > 0) throw new StorageUnavailable(`Postgres: next attempt to connect in ${waitMs.toFixed(0)} ms`);
      current = connect();
      try {
        const client = await current;
        failures = 0;
        return client;
      } catch (error) {
        current = undefined;
        notBeforeMs = performance.now() + Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** failures);
        failures += 1;
        throw cannotConnect(error);
      }
    },
    discard,
    async close() {
      closed = true;
      const last = current;
      current = undefined;
      await last?.then((client) => client.end()).catch(() => undefined);
    },
  };
}
