import { systemRandomness } from '../../../src/runtime/index.js';
import type { HoldOutcome, Peer, PeerStores, WantedSeats } from '../peer.js';
import { openAnnouncements } from './announcements.js';
import { openJobQueue } from './job-queue.js';
import { openReservations } from './reservations.js';
import { openSeatLocks } from './seat-locks.js';

const TAKEN: HoldOutcome = { kind: 'taken' };

/**
 * A job per request; the job locks its seats in Redis, reserves them in a SERIALIZABLE
 * transaction, tells the viewers, and its result is the answer.
 */
export async function openClassic({ postgresUrl, redisUrl }: PeerStores): Promise<Peer> {
  const randomness = systemRandomness();
  const locks = await openSeatLocks(redisUrl, randomness);
  const reservations = openReservations(postgresUrl, randomness);
  const announcements = await openAnnouncements(redisUrl);
  const reserve = async (wanted: WantedSeats): Promise<HoldOutcome> => {
    const { screeningId, seatIds } = wanted;
    const outcome = await locks.within(screeningId, seatIds, () => reservations.reserve(wanted), TAKEN);
    if (outcome.kind === 'held') announcements.seatsHeld(wanted, outcome.revision);
    return outcome;
  };
  const queue = await openJobQueue('reservations', redisUrl, reserve);
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
