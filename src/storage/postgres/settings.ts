import type { ClientConfig } from 'pg';
import type { StorageLog } from './log.js';

export type Isolation = 'serializable' | 'repeatable read' | 'read committed';

/** How this node talks to Postgres. */
export interface ConnectionSettings {
  /** `postgres://user:password@host:port/database?sslmode=...`; a direct connection, not a pooler's. */
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Of writing statements. Safety does not depend on it: see the journal's statement. */
  readonly isolation: Isolation;
  /** The server gives a statement up after this; 100 to 600,000. */
  readonly statementTimeoutMs: number;
  /** For opening a connection, or waiting for a free one of the pool. */
  readonly connectTimeoutMs: number;
  readonly log: StorageLog;
}

const CLIENT_GRACE_MS = 2_000;
const KEEP_ALIVE_DELAY_MS = 10_000;

/**
 * @param server run-time parameters of the session, e.g. `{ enable_seqscan: 'off' }`.
 * @throws Error when the URL sets what is set here
 */
export function clientConfig(settings: ConnectionSettings, server: Readonly<Record<string, string>>): ClientConfig {
  const options = Object.entries({ default_transaction_isolation: settings.isolation, ...server });
  const ours = {
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    statement_timeout: settings.statementTimeoutMs,
    // A server that is gone cannot keep its own time limit.
    query_timeout: settings.statementTimeoutMs + CLIENT_GRACE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    options: options.map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`).join(' '),
  };
  requireNoneIn(settings.url, Object.keys(ours));
  return { ...ours, connectionString: settings.url };
}

/** The driver gives a parameter of the URL the place of ours: the time limits and the read-only sessions would be gone. */
function requireNoneIn(url: string, names: readonly string[]): void {
  const [, query] = /\?([^#]*)/.exec(url) ?? [];
  const given = new URLSearchParams(query);
  const taken = names.filter((name) => given.has(name));
  if (taken.length === 0) return;
  throw new Error(
    `postgres.url (or DATABASE_URL) must not set ${taken.join(', ')}: the node sets it itself. ` +
      'Session parameters can be given to the role or the database (ALTER ROLE ... SET ...).',
  );
}
