import type { Knex } from 'knex';
import pg from 'pg';
import { hasCode, toStorageError } from './errors.js';
import { MIGRATIONS, type SchemaMigration } from './migrations/index.js';
import { clientConfig, type ConnectionSettings } from './settings.js';

/** Any number, as long as every version of this program uses the same. */
const MIGRATION_LOCK = 723_114_001;
const MIGRATION_TIME_LIMIT_MS = 600_000;
const TABLE = 'schema_migration';

/** A newer version of the program has changed the schema. */
class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';

  constructor(migrations: readonly string[]) {
    super(
      `the database has the schema of a newer version: this one does not know ${migrations.join(', ')}. ` +
        'Start that version, or restore a backup from before it.',
    );
  }
}

/**
 * Brings the schema up to date. Nodes may start at once: one works, the others wait for it.
 * @throws SchemaTooNew, StorageUnavailable
 */
export async function migrate(settings: ConnectionSettings): Promise<void> {
  const patient = { ...settings, statementTimeoutMs: MIGRATION_TIME_LIMIT_MS, isolation: 'read committed' } as const;
  const client = new pg.Client(clientConfig(patient, {}));
  client.on('error', (error) => {
    settings.log('warn', 'the migration connection was lost', { error: error.message });
  });
  try {
    await client.connect();
    // Held by the session, so it goes away with a node that dies; knex's own lock
    // is a row, which would stay and keep every later start out.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await appliedMigrations(client);
    requireKnown(applied);
    if (MIGRATIONS.every(({ name }) => applied.includes(name))) return;
    await applyMissing(settings.url);
    settings.log('info', 'the database schema is up to date', { migrations: MIGRATIONS.length });
  } catch (error) {
    throw error instanceof SchemaTooNew ? error : toStorageError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function appliedMigrations(client: pg.Client): Promise<readonly string[]> {
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${TABLE}`);
    return rows.map(({ name }) => name);
  } catch (error) {
    if (hasCode(error, '42P01')) return []; // no such table: a fresh database
    throw error;
  }
}

/** knex calls a newer schema a corrupt one. @throws SchemaTooNew */
function requireKnown(applied: readonly string[]): void {
  const unknown = applied.filter((name) => MIGRATIONS.every((known) => known.name !== name));
  if (unknown.length > 0) throw new SchemaTooNew(unknown);
}

async function applyMissing(url: string): Promise<void> {
  // Loaded only when there is something to do: it doubles the time and memory of a warm start.
  const { default: knex } = await import('knex');
  const database = knex({ client: 'pg', connection: url, pool: { min: 0, max: 2 } });
  const migrations: Knex.MigratorConfig = { migrationSource: SOURCE, tableName: TABLE };
  try {
    // We hold the advisory lock, so a lock row that says "locked" was left by a crash.
    await database.migrate.forceFreeMigrationsLock(migrations);
    await database.migrate.latest(migrations);
  } finally {
    await database.destroy();
  }
}

const SOURCE: Knex.MigrationSource<SchemaMigration> = {
  getMigrations: () => Promise.resolve([...MIGRATIONS]),
  getMigrationName: ({ name }) => name,
  getMigration: (migration) =>
    Promise.resolve({
      up: (database) => migration.up(database),
      down: () => Promise.reject(new Error('migrations go forward only')),
    }),
};
