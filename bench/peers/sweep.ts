import { auditAll } from '../audit.js';
import type { HoldTokens } from '../load/hold-tokens.js';
import { openPostgresClient } from '../postgres.js';
import { openRedisClient } from '../redis.js';
import { redisKeys, type RedisHold } from './redis-peer.js';
import type { SeatSchema } from './postgres-seats.js';

/** What a peer's own store says after a run. */
export interface Sweep {
  /** Seats that more than one hold has. Must be 0. */
  readonly oversold: number;
  /** Holds that were answered and are not stored, or not with their seat. Must be 0. */
  readonly lost: number;
  /** Seats that are held. */
  readonly taken: number;
}

/** Hold tokens that were answered, by screening. */
export type Answered = ReadonlyMap<string, HoldTokens>;

/** Reads the journals. No hold has ended within the run. */
export async function sweepNode(postgresUrl: string, answered: Answered): Promise<Sweep> {
  const promises = [...answered].map(([screeningId, tokens]) => {
    const given = [...tokens].map(([seat, owner]) => ({ owner, seat }));
    return [screeningId, { given, kept: [] }] as const;
  });
  return auditAll(postgresUrl, new Map(promises));
}

/** Reads the holds, which are only ever inserted, and compares them with the seats. */
export async function sweepPostgres(postgresUrl: string, schema: SeatSchema, answered: Answered): Promise<Sweep> {
  const client = await openPostgresClient(postgresUrl);
  try {
    const holds = await client.query<HeldSeat>(
      `SELECT screening_id, unnest(seat_ids) AS seat_id, hold_token FROM ${schema}.hold`,
    );
    const seats = await client.query<HeldSeat>(
      `SELECT screening_id, seat_id, hold_token FROM ${schema}.seat WHERE hold_token IS NOT NULL`,
    );
    return compare(holds.rows, seats.rows, answered);
  } finally {
    await client.end();
  }
}

const KEYS_PER_READ = 2_000;

/** The same of a Redis: each hold has a key of its own. */
export async function sweepRedis(redisUrl: string, answered: Answered): Promise<Sweep> {
  const redis = openRedisClient(redisUrl);
  try {
    const holds: HeldSeat[] = [];
    for await (const batch of redis.scanStream({ match: redisKeys.holds, count: KEYS_PER_READ })) {
      const keys = batch as string[];
      if (keys.length === 0) continue;
      const records = await redis.mget(keys);
      keys.forEach((key, index) => {
        const { screeningId, seatIds } = JSON.parse(records[index] ?? '{"seatIds":[]}') as RedisHold;
        const token = key.slice(redisKeys.hold('').length);
        for (const seatId of seatIds) holds.push({ screening_id: screeningId, seat_id: seatId, hold_token: token });
      });
    }
    const seats: HeldSeat[] = [];
    for (let from = 0; from < holds.length; from += KEYS_PER_READ) {
      const some = holds.slice(from, from + KEYS_PER_READ);
      const owners = await redis.mget(some.map((held) => redisKeys.seat(held.screening_id, held.seat_id)));
      some.forEach((held, index) => seats.push({ ...held, hold_token: owners[index] ?? '' }));
    }
    return compare(holds, seats, answered);
  } finally {
    redis.disconnect();
  }
}

/** One seat, by a hold that has it or by the seat itself. */
interface HeldSeat {
  readonly screening_id: string;
  readonly seat_id: string;
  readonly hold_token: string;
}

function compare(holds: readonly HeldSeat[], seats: readonly HeldSeat[], answered: Answered): Sweep {
  const name = (screeningId: string, seatId: string): string => `${screeningId} ${seatId}`;
  const byHold = new Map(holds.map((held) => [name(held.screening_id, held.seat_id), held.hold_token]));
  const bySeat = new Map(seats.map((held) => [name(held.screening_id, held.seat_id), held.hold_token]));
  let lost = 0;
  for (const [screeningId, tokens] of answered) {
    for (const [number, token] of tokens) {
      const seat = name(screeningId, `S-${String(number)}`);
      if (byHold.get(seat) !== token || bySeat.get(seat) !== token) lost += 1;
    }
  }
  return { oversold: holds.length - byHold.size, lost, taken: bySeat.size };
}
