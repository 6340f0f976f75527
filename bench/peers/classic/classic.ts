import { systemRandomness } from '../../../src/runtime/index.js';
import type { HoldOutcome, Peer, PeerStores, WantedSeats } from '../peer.js';
import type { SeatSchema } from '../postgres-seats.js';
import { openAnnouncements } from './announcements.js';
import { openJobQueue } from './job-queue.js';
import { openReservations } from './reservations.js';
import { openSeatLocks } from './seat-locks.js';

const TAKEN: HoldOutcome = { kind: 'taken' };

/** How the design is set up. */
export interface ClassicSetUp {
  readonly schema: Extract<SeatSchema, 'classic' | 'classic_defaults'>;
  /** Jobs under way at once. */
  readonly concurrency: number;
  /** Whether one listener serves all callers, or each job is asked when it is finished, as Bull offers. */
  readonly isListenerShared: boolean;
  /** Whether BEGIN travels with the first statement and COMMIT with the last, or alone. */
  readonly isPipelined: boolean;
}

/** The best of 1 to 64 jobs on two cores. */
export const tuned: ClassicSetUp = { schema: 'classic', concurrency: 32, isListenerShared: true, isPipelined: true };

/** As it is written where it is recommended: with what Bull and pg do when nothing is set. */
export const defaults: ClassicSetUp = {
  schema: 'classic_defaults',
  concurrency: 1,
  isListenerShared: false,
  isPipelined: false,
};

/**
 * A job per request; the job locks its seats in Redis, reserves them in a SERIALIZABLE
 * transaction, tells the viewers, and its result is the answer.
 */
export async function openClassic({ postgresUrl, redisUrl }: PeerStores, setUp: ClassicSetUp): Promise<Peer> {
  const randomness = systemRandomness();
  const locks = await openSeatLocks(redisUrl, randomness);
  const reservations = openReservations(postgresUrl, randomness, setUp);
  const announcements = await openAnnouncements(redisUrl);
  const reserve = async (wanted: WantedSeats): Promise<HoldOutcome> => {
    const { screeningId, seatIds } = wanted;
    const outcome = await locks.within(screeningId, seatIds, () => reservations.reserve(wanted), TAKEN);
    if (outcome.kind === 'held') announcements.seatsHeld(wanted, outcome.revision);
    return outcome;
  };
  const queue = await openJobQueue(setUp.schema, redisUrl, reserve, setUp);
  return {
    hold: ({ requestId, screeningId, buyerId, seatIds }) =>
      queue.run(requestId, { requestId, screeningId, buyerId, seatIds }),
    async close() {
      await queue.close();
      await announcements.close();
      await reservations.close();
      locks.close();
    },
  };
}
