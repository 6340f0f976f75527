import type { SqlPool } from './pool.js';

const REQUIRED = ['fsync', 'full_page_writes', 'synchronous_commit'];

/**
 * Makes sure that what the server calls committed survives a power cut.
 * @throws Error naming the settings that are off, unless `allowUnsafe`; StorageUnavailable.
 */
export async function checkDurability(pool: SqlPool, allowUnsafe: boolean): Promise<void> {
  const rows = await pool.query<{ name: string }>(
    'durability',
    "SELECT name FROM pg_settings WHERE name = ANY($1) AND setting = 'off' ORDER BY name",
    [REQUIRED],
  );
  if (rows.length === 0 || allowUnsafe) return;
  const names = rows.map(({ name }) => `${name}=off`).join(', ');
  throw new Error(
    `the Postgres server runs with ${names}: a crash could lose bookings that were confirmed. ` +
      'Turn the settings on, or allow unsafe durability explicitly (never with real bookings).',
  );
}
