import { openPostgresClient } from '../postgres.js';

/** Who holds which screening and since when, as the database says it and not the nodes. */
export interface OwnerTable {
  /** Node and boot that raised the epoch last, by screening; without those nobody ever claimed. */
  holders(): Promise<ReadonlyMap<string, Holder>>;
  /** Screenings by boot id. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** When the first turn of each screening was committed under an epoch later than the given one; ms since 1970. */
  firstCommitsAfter(epochs: ReadonlyMap<string, Holder>): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

export interface Holder {
  readonly nodeId: string;
  readonly bootId: string;
  readonly epoch: number;
}

/** One connection of its own. */
export async function openOwnerTable(postgresUrl: string): Promise<OwnerTable> {
  const client = await openPostgresClient(postgresUrl);
  return {
    async holders() {
      const { rows } = await client.query<{ screening_id: string; node_id: string; boot_id: string; epoch: string }>(
        'SELECT screening_id, node_id, boot_id, epoch FROM screening_owner WHERE boot_id IS NOT NULL',
      );
      return new Map(
        rows.map((row) => [row.screening_id, { nodeId: row.node_id, bootId: row.boot_id, epoch: Number(row.epoch) }]),
      );
    },
    async counts() {
      const { rows } = await client.query<{ boot_id: string; screenings: string }>(
        'SELECT boot_id, count(*) AS screenings FROM screening_owner WHERE boot_id IS NOT NULL GROUP BY boot_id',
      );
      return new Map(rows.map(({ boot_id: bootId, screenings }) => [bootId, Number(screenings)]));
    },
    async firstCommitsAfter(epochs) {
      const { rows } = await client.query<{ screening_id: string; at_ms: string }>(
        `SELECT j.screening_id, min(extract(epoch FROM j.committed_at) * 1000) AS at_ms
           FROM unnest($1::text[], $2::bigint[]) AS before (screening_id, epoch)
           JOIN screening_journal j ON j.screening_id = before.screening_id AND j.epoch > before.epoch
          GROUP BY j.screening_id`,
        [[...epochs.keys()], [...epochs.values()].map(({ epoch }) => epoch)],
      );
      return new Map(rows.map(({ screening_id: screeningId, at_ms: atMs }) => [screeningId, Number(atMs)]));
    },
    close: () => client.end(),
  };
}
