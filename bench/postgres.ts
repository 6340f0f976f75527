import pg from 'pg';

/** One connection. It tells nobody when it breaks: whoever uses it hears. @throws when it cannot be had */
export async function openPostgresClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
