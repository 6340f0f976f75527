import pg from 'pg';
import { systemRandomness } from '../../src/runtime/index.js';
import { holdInTransaction } from './hold-transaction.js';
import type { Peer, PeerStores } from './peer.js';
import { seatStatements } from './postgres-seats.js';

/** The best of 4 to 32 on two cores: more of them only wait for the cores. */
const CONNECTIONS = 8;

/** One transaction per request, with SELECT ... FOR UPDATE on its seats. */
export async function openPostgresPeer({ postgresUrl }: PeerStores): Promise<Peer> {
  const pool = new pg.Pool({ connectionString: postgresUrl, max: CONNECTIONS, idleTimeoutMillis: 0, pipeline: true });
  const statements = seatStatements('postgres', 'FOR UPDATE');
  const randomness = systemRandomness();
  return {
    async hold(wanted) {
      const client = await pool.connect();
      try {
        return await holdInTransaction(client, 'BEGIN', statements, wanted, randomness);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
