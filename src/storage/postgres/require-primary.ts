import type { ClientBase } from 'pg';

/**
 * Refuses a standby, to which the server's name may lead during a failover. It takes no
 * writes, and it lets everybody read what may be old: a node that asks it whether its
 * epoch is still the last would be told yes. To be asked once, of a connection just opened:
 * no server turns into a standby without ending its connections.
 * @throws Error when it is one; what the driver throws
 */
export async function requirePrimary(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ isStandby: boolean }>('SELECT pg_is_in_recovery() AS "isStandby"');
  if (rows[0]?.isStandby !== false) throw new Error('the server is a standby');
}
