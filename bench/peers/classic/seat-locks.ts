import { Redis } from 'ioredis';
import type { Randomness } from '../../../src/runtime/index.js';

/** Longer than a reservation takes, so that a lock does not end under its owner. */
const LOCK_TTL_MS = 10_000;

/** Deletes a lock only while it is the caller's own: a late one must not free another's. */
const RELEASE = `
  for i = 1, #KEYS do
    if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
  end`;

interface ReleaseScript {
  releaseLocks(keys: number, ...args: readonly string[]): Promise<null>;
}

/** A Redis lock per seat, with its owner's token as its value. */
export interface SeatLocks {
  /** Runs `work` while it has the locks of all seats; answers `busy` at once when somebody else has one. */
  within<Result, Busy>(
    screeningId: string,
    seatIds: readonly string[],
    work: () => Promise<Result>,
    busy: Busy,
  ): Promise<Result | Busy>;
  close(): void;
}

export async function openSeatLocks(redisUrl: string, randomness: Randomness): Promise<SeatLocks> {
  const redis = new Redis(redisUrl, { enableAutoPipelining: true });
  redis.defineCommand('releaseLocks', { lua: RELEASE });
  const script = redis as unknown as ReleaseScript;
  await redis.ping();
  return {
    async within(screeningId, seatIds, work, busy) {
      const owner = randomness.token();
      const keys = seatIds.map((seatId) => `classic:lock:${screeningId}:${seatId}`);
      try {
        const got = await Promise.all(keys.map((key) => redis.set(key, owner, 'PX', LOCK_TTL_MS, 'NX')));
        return got.every((reply) => reply === 'OK') ? await work() : busy;
      } finally {
        await script.releaseLocks(keys.length, ...keys, owner);
      }
    },
    close: () => {
      redis.disconnect();
    },
  };
}
