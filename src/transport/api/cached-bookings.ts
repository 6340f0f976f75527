import { LRUCache } from 'lru-cache';
import { BookingState, type Booking } from '../../../proto/gen/cinema/boxoffice/v1/resources.js';
import { CachedBookings as CachedBookingsMessage } from '../../../proto/gen/cinema/cluster/v1/read_cache.js';
import type { ReadCache } from '../../cluster/ports.js';
import type { Clock } from '../../runtime/index.js';
import { bookingsKey, readMessage, UnreadableMessage } from '../../streams/index.js';
import { serializer } from '../wire/index.js';
import type { BuyerBookings } from './buyer-bookings.js';
import type { StoredBooking } from './catalogue.js';
import { storedBookingMessage } from './messages.js';

export interface CachedBookingsPorts {
  /** Where the bookings are. */
  readonly stored: BuyerBookings;
  readonly cache: ReadCache;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Told of every value of the cache that no node of this cluster can have written. */
  readonly unreadable: (key: string, error: UnreadableMessage) => void;
}

export interface CachedBookingsLimits {
  /** How long the cache keeps a value, and a token is good to write one. */
  readonly cacheTtlMs: number;
  /** Buyers whose bookings changed through this node of late that are remembered. */
  readonly rememberedReadsMax: number;
}

/** A page of the default size and the booking that says whether there is another page. Few buyers have more. */
const KEPT_MAX = 51;

interface Kept {
  readonly bookings: readonly StoredBooking[];
  /** There are no others. */
  readonly isComplete: boolean;
}

/**
 * A buyer's bookings through the cache that nodes share. One entry per buyer, whatever the
 * page size, because a sale can throw away only what it can name: it holds the newest, and
 * larger pages are read from the database.
 *
 * What a buyer was told of by this node is always there. What another node told is there
 * as soon as Redis has done what the owner sent it before the answer; should that be lost,
 * within twice cacheTtlMs.
 */
export class CachedBookings implements BuyerBookings {
  /** By the buyer's key, until when (monotonic ms) the cache may hold what was before. */
  private readonly changedHere: LRUCache<string, number>;

  constructor(
    private readonly ports: CachedBookingsPorts,
    private readonly limits: CachedBookingsLimits,
  ) {
    this.changedHere = new LRUCache({ max: limits.rememberedReadsMax });
  }

  async newest(buyerId: string, limit: number): Promise<readonly StoredBooking[]> {
    const { stored, cache } = this.ports;
    const key = bookingsKey(buyerId);
    if (this.hasChangedHere(key)) return stored.newest(buyerId, limit);
    const found = await cache.read(key);
    const kept = found?.kind === 'hit' ? this.readable(key, buyerId, found.value) : undefined;
    if (kept !== undefined && (kept.isComplete || kept.bookings.length >= limit)) return kept.bookings.slice(0, limit);
    const wanted = Math.max(limit, KEPT_MAX);
    const bookings = await stored.newest(buyerId, wanted);
    const isComplete = bookings.length < wanted && bookings.length <= KEPT_MAX;
    // Not awaited: the reader has what it wants. It never rejects.
    if (found?.kind === 'miss') void cache.write(key, found.token, write(bookings.slice(0, KEPT_MAX), isComplete));
    return bookings.slice(0, limit);
  }

  changed(buyerId: string): void {
    // By key, for the id may be anything yet: nobody has checked the request of a command that failed.
    // What was read before may be written until its token ends, and is then kept for as long again.
    this.changedHere.set(bookingsKey(buyerId), this.ports.clock.monotonic() + 2 * this.limits.cacheTtlMs);
  }

  private hasChangedHere(key: string): boolean {
    const untilMs = this.changedHere.get(key);
    if (untilMs === undefined) return false;
    if (this.ports.clock.monotonic() < untilMs) return true;
    this.changedHere.delete(key);
    return false;
  }

  private readable(key: string, buyerId: string, value: Uint8Array): Kept | undefined {
    try {
      const { bookings, complete } = readMessage('a list of bookings', CachedBookingsMessage, value);
      return { bookings: bookings.map((booking) => bookingOf(buyerId, booking)), isComplete: complete };
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      this.ports.unreadable(key, error);
      return undefined;
    }
  }
}

const writeMessage = serializer(CachedBookingsMessage);

function write(bookings: readonly StoredBooking[], complete: boolean): Uint8Array {
  return writeMessage({ bookings: bookings.map(storedBookingMessage), complete });
}

/** Checked against who asked: nobody must be shown the bookings of somebody else, whatever is in the cache. */
function bookingOf(buyerId: string, { createTime, updateTime, state, ...booking }: Booking): StoredBooking {
  if (booking.buyerId !== buyerId) throw new UnreadableMessage('a booking of another buyer');
  if (createTime === undefined || updateTime === undefined) throw new UnreadableMessage('a booking without its times');
  return {
    ...booking,
    cancelled: state === BookingState.BOOKING_STATE_CANCELLED,
    createTimeMs: createTime.getTime(),
    updateTimeMs: updateTime.getTime(),
  };
}
