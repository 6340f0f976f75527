import { Redis } from 'ioredis';
import { systemRandomness } from '../../src/runtime/index.js';
import { HOLD_TTL_MS, type Peer, type PeerStores, type WantedSeats } from './peer.js';

/** Keys of the peer that keeps its seats in Redis. */
export const redisKeys = {
  seat: (screeningId: string, seatId: string) => `peer:seat:${screeningId}:${seatId}`,
  hold: (holdToken: string) => `peer:hold:${holdToken}`,
  holds: 'peer:hold:*',
  revision: (screeningId: string) => `peer:revision:${screeningId}`,
};

/**
 * KEYS: revision, hold, seats. ARGV: token, time to live in ms, the hold as JSON.
 * Answers the revision, or 0 when a seat is not free. A hold and its seats end by themselves.
 */
const HOLD_SEATS = `
  for i = 3, #KEYS do
    if redis.call('EXISTS', KEYS[i]) == 1 then return 0 end
  end
  for i = 3, #KEYS do
    redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2])
  end
  redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
  return redis.call('INCR', KEYS[1]) + 1`;

/** What is kept of a hold. */
export interface RedisHold {
  readonly screeningId: string;
  readonly buyerId: string;
  readonly seatIds: readonly string[];
}

interface HoldScript {
  holdSeats(keys: number, ...args: readonly (string | number)[]): Promise<number>;
}

/** One Lua script per hold. The requests of one turn of the event loop travel together. */
export async function openRedisPeer({ redisUrl }: PeerStores): Promise<Peer> {
  const redis = new Redis(redisUrl, { enableAutoPipelining: true });
  redis.defineCommand('holdSeats', { lua: HOLD_SEATS });
  const script = redis as unknown as HoldScript;
  const randomness = systemRandomness();
  await redis.ping();
  return {
    async hold({ screeningId, buyerId, seatIds }: WantedSeats) {
      const holdToken = randomness.token();
      const createTimeMs = Date.now();
      const record: RedisHold = { screeningId, buyerId, seatIds };
      const revision = await script.holdSeats(
        2 + seatIds.length,
        redisKeys.revision(screeningId),
        redisKeys.hold(holdToken),
        ...seatIds.map((seatId) => redisKeys.seat(screeningId, seatId)),
        holdToken,
        HOLD_TTL_MS,
        JSON.stringify(record),
      );
      if (revision === 0) return { kind: 'taken' };
      return { kind: 'held', holdToken, createTimeMs, expireTimeMs: createTimeMs + HOLD_TTL_MS, revision };
    },
    async close() {
      redis.disconnect();
    },
  };
}
