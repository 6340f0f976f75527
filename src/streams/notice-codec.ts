import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import {
  ScreeningNotice,
  type SeatMapChange as SeatMapChangeMessage,
} from '../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { OwnerNotice } from '../runtime/index.js';
import { serializer } from '../transport/wire/index.js';
import { bookingsKey, seatMapKey } from './cache-keys.js';
import { checkedCounts, checkPosition, checkStates, readMessage, UnreadableMessage } from './unreadable-message.js';

/**
 * What an owner tells other nodes of its turns, as bytes (ScreeningNotice), and what it
 * makes outdated. Field by field: nothing of a change goes out but what is named here,
 * its buyers least of all.
 */
export const screeningNotices = {
  /** Runs once for every turn; one writer is used again and again. */
  encode({ epoch, revision, change }: OwnerNotice<SeatMapChange>): Uint8Array {
    return write({ epoch, revision, change: change === undefined ? undefined : changeMessage(change) });
  },

  /** @throws UnreadableMessage */
  decode(bytes: Uint8Array): OwnerNotice<SeatMapChange> {
    const { epoch, revision, change } = readMessage('a notice of a screening', ScreeningNotice, bytes);
    checkPosition({ epoch, revision });
    return { epoch, revision, change: change === undefined ? undefined : changeOf(revision, change) };
  },

  /**
   * Keys of what the read cache may hold from before: the seat map, and the bookings of
   * every buyer whose bookings the turn changed. After a take-over only the seat map:
   * whose bookings an owner changed that died before it told is not known.
   */
  invalidates(screeningId: string, { change }: OwnerNotice<SeatMapChange>): readonly string[] {
    const seatMap = seatMapKey(screeningId);
    if (change === undefined || change.bookingBuyers.length === 0) return [seatMap];
    return [seatMap, ...change.bookingBuyers.map(bookingsKey)];
  },
};

const write = serializer(ScreeningNotice);

function changeMessage({ timeMs, seats, states, counts }: SeatMapChange): SeatMapChangeMessage {
  return {
    timeMs,
    seats: [...seats],
    states: Buffer.from(states.buffer, states.byteOffset, states.byteLength),
    counts,
  };
}

function changeOf(revision: number, { timeMs, seats, states, counts }: SeatMapChangeMessage): SeatMapChange {
  if (seats.length !== states.length) throw new UnreadableMessage(`${seats.length} seats with ${states.length} states`);
  checkStates(states);
  return { revision, timeMs, seats, states, counts: checkedCounts(counts), bookingBuyers: [] };
}
