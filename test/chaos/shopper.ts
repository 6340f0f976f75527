import type { Prng } from '../support/prng.js';
import type { Outcome, Request } from './history.js';

/** A screening and its seats, in groups: a request never names seats of two, so that histories stay checkable. */
export interface Hall {
  readonly screeningId: string;
  readonly groups: readonly (readonly string[])[];
}

export interface ShopperHabits {
  /** Of a hold: one of these at random. */
  readonly ttlsMs: readonly number[];
  /** Bookings it keeps; beyond, it cancels more than it buys, so that a hall never fills up. */
  readonly bookingsKept: number;
}

/** A hold or booking it was told of. */
interface Possession {
  readonly hall: Hall;
  readonly id: string;
  readonly buyerId: string;
  seatIds: readonly string[];
}

export interface Errand {
  readonly hall: Hall;
  readonly request: Request;
}

/** Most ended holds and bookings it asks after once more. */
const REMEMBERED = 6;

/**
 * A caller who holds, buys and gives back at random, and now and then asks for what
 * cannot be had: seats that are taken, holds that are over, holds of somebody else.
 */
export class Shopper {
  private readonly holds: Possession[] = [];
  private readonly bookings: Possession[] = [];
  private readonly endedHolds: Possession[] = [];
  private readonly endedBookings: Possession[] = [];
  private buyers = 0;

  constructor(
    private readonly name: string,
    private readonly halls: readonly Hall[],
    private readonly chance: Prng,
    private readonly habits: ShopperHabits,
  ) {}

  /** What it asks next. Tell it the outcome before it is asked again. */
  next(): Errand {
    const { chance } = this;
    if (chance.chance(0.07)) return this.pointless() ?? this.take('hold');
    if (this.bookings.length > this.habits.bookingsKept && chance.chance(0.5))
      return this.cancel() ?? this.take('hold');
    if (chance.chance(0.4)) return this.take(chance.chance(0.12) ? 'book' : 'hold');
    if (chance.chance(0.2)) return this.withBooking() ?? this.take('hold');
    return this.withHold() ?? this.take('hold');
  }

  told({ hall, request }: Errand, outcome: Outcome): void {
    switch (request.kind) {
      case 'hold':
      case 'book':
        if (outcome.kind !== 'ok') return;
        (request.kind === 'hold' ? this.holds : this.bookings).push({
          hall,
          id: outcome.answer.id,
          buyerId: request.buyerId,
          seatIds: outcome.answer.seatIds,
        });
        return;
      case 'confirm': {
        const hold = this.left(this.holds, this.endedHolds, request.holdToken, outcome);
        if (hold === undefined || outcome.kind !== 'ok') return;
        retire(this.holds, this.endedHolds, hold);
        this.bookings.push({ ...hold, id: outcome.answer.id, seatIds: outcome.answer.seatIds });
        return;
      }
      case 'extend':
      case 'release':
      case 'get-hold':
        this.left(this.holds, this.endedHolds, request.holdToken, outcome);
        return;
      case 'cancel':
      case 'get-booking':
        this.left(this.bookings, this.endedBookings, request.bookingId, outcome);
        return;
    }
  }

  private take(kind: 'hold' | 'book'): Errand {
    const { chance, habits } = this;
    const hall = chance.pick(this.halls);
    // The first groups are the hot ones.
    const group = hall.groups[Math.floor(chance.fraction() ** 2 * hall.groups.length)] ?? [];
    const seatIds = chance.some(group, chance.whole(1, 3));
    const buyerId = `${this.name}-${String((this.buyers += 1))}`;
    if (kind === 'book') return { hall, request: { kind, buyerId, seatIds } };
    return { hall, request: { kind, buyerId, seatIds, ttlMs: chance.pick(habits.ttlsMs) } };
  }

  private withHold(): Errand | undefined {
    const hold = this.any(this.holds);
    if (hold === undefined) return undefined;
    const { chance, habits } = this;
    const { hall, buyerId, id: holdToken } = hold;
    const draw = chance.fraction();
    if (draw < 0.5) return { hall, request: { kind: 'confirm', buyerId, holdToken } };
    if (draw < 0.7) return { hall, request: { kind: 'release', buyerId, holdToken, seatIds: this.part(hold) } };
    if (draw < 0.85) return { hall, request: { kind: 'get-hold', buyerId, holdToken } };
    return { hall, request: { kind: 'extend', buyerId, holdToken, ttlMs: chance.pick(habits.ttlsMs) } };
  }

  private withBooking(): Errand | undefined {
    if (this.chance.chance(0.5)) return this.cancel();
    const booking = this.any(this.bookings);
    return booking && { hall: booking.hall, request: { kind: 'get-booking', bookingId: booking.id } };
  }

  private cancel(): Errand | undefined {
    const booking = this.any(this.bookings);
    if (booking === undefined) return undefined;
    const { hall, buyerId, id: bookingId } = booking;
    return { hall, request: { kind: 'cancel', buyerId, bookingId, seatIds: this.part(booking) } };
  }

  /** What must be refused. */
  private pointless(): Errand | undefined {
    const { chance } = this;
    const hold = this.any(this.endedHolds);
    const booking = this.any(this.endedBookings);
    const live = this.any(this.holds);
    const draw = chance.fraction();
    if (draw < 0.2 && live !== undefined) {
      return { hall: live.hall, request: { kind: 'confirm', buyerId: 'somebody else', holdToken: live.id } };
    }
    if (draw < 0.4 && booking !== undefined) {
      const { hall, buyerId, id: bookingId } = booking;
      return { hall, request: { kind: 'cancel', buyerId, bookingId, seatIds: [] } };
    }
    if (hold === undefined) return undefined;
    const { hall, buyerId, id: holdToken } = hold;
    if (draw < 0.6) return { hall, request: { kind: 'get-hold', buyerId, holdToken } };
    if (draw < 0.75) return { hall, request: { kind: 'confirm', buyerId, holdToken } };
    if (draw < 0.9) return { hall, request: { kind: 'release', buyerId, holdToken, seatIds: [] } };
    return { hall, request: { kind: 'extend', buyerId, holdToken, ttlMs: chance.pick(this.habits.ttlsMs) } };
  }

  /** Sometimes one seat of several, mostly all of them. */
  private part({ seatIds }: Possession): string[] {
    return seatIds.length > 1 && this.chance.chance(0.3) ? this.chance.some(seatIds, 1) : [];
  }

  private any(possessions: readonly Possession[]): Possession | undefined {
    return possessions.length === 0 ? undefined : this.chance.pick(possessions);
  }

  /** Learns what is left of something; one of unknown state is asked after like an ended one. */
  private left(live: Possession[], ended: Possession[], id: string, outcome: Outcome): Possession | undefined {
    const found = live.find((possession) => possession.id === id);
    if (found === undefined) return undefined;
    const isAnothers = outcome.kind === 'refused' && outcome.reason.endsWith('MISMATCH');
    if (outcome.kind === 'ok') found.seatIds = outcome.answer.seatIds;
    if (isAnothers || (outcome.kind === 'ok' && found.seatIds.length > 0)) return found;
    retire(live, ended, found);
    return found;
  }
}

function retire(live: Possession[], ended: Possession[], possession: Possession): void {
  const index = live.indexOf(possession);
  if (index !== -1) live.splice(index, 1);
  ended.push(possession);
  if (ended.length > REMEMBERED) ended.shift();
}
