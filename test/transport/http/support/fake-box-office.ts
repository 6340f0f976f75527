import type { SeatingPlan } from '../../../../actors/auditorium/seating-plan.js';
import {
  SeatState,
  type Hold,
  type Screening,
  type SeatStatus,
} from '../../../../proto/gen/cinema/boxoffice/v1/resources.js';
import { ApiError } from '../../../../src/transport/api/index.js';
import type { HttpBoxOffice } from '../../../../src/transport/http/index.js';

export const startsAt = new Date('2030-01-02T20:00:00Z');

/** Ten seats in one row; the last one is a wheelchair place. */
export const smallPlan: SeatingPlan = {
  name: 'Small hall',
  size: { width: 250, height: 40 },
  categories: [{ name: 'Standard', color: '#1D3557' }],
  seats: Array.from({ length: 10 }, (_, index) => ({
    seatId: `1-${String(index + 1)}`,
    zone: 'Hall',
    row: '1',
    number: String(index + 1),
    x: index * 25,
    y: 0,
    category: 0,
    wheelchair: index === 9,
  })),
};

/**
 * The screenings `tonight` and `tomorrow` of the small hall, in memory. Decides just
 * enough to tell the routes' answers apart; the real rules have their own tests.
 */
export class FakeBoxOffice implements HttpBoxOffice {
  /** Every request that came through, in order. */
  readonly requests: object[] = [];
  /** When set, every method does this instead. */
  instead: (() => Promise<never>) | undefined;
  private readonly holds = new Map<string, Hold>();
  private readonly taken = new Map<string, SeatState>();

  async listScreenings(request: { pageSize: number; pageToken: string; upcoming: boolean }) {
    await this.note(request);
    return { screenings: [screening('tonight'), screening('tomorrow')], nextPageToken: 'more' };
  }

  async getScreening(request: { screeningId: string }) {
    await this.note(request);
    return { screening: screening(request.screeningId) };
  }

  async getSeatMap(request: { screeningId: string }) {
    await this.note(request);
    const { capacity } = screening(request.screeningId);
    const seats: SeatStatus[] = [...this.taken].map(([seatId, state]) => ({ seatId, state }));
    const counts = { free: capacity - seats.length, held: seats.length, booked: 0, blocked: 0 };
    return { seatMap: { screeningId: request.screeningId, revision: 7, epoch: 2, seats, counts, stale: false } };
  }

  async holdSeats(request: { screeningId: string; buyerId: string; seatIds: string[] }) {
    await this.note(request);
    const unavailable = request.seatIds.filter((seatId) => this.taken.has(seatId));
    if (unavailable.length > 0) throw seatUnavailable(unavailable);
    for (const seatId of request.seatIds) this.taken.set(seatId, SeatState.SEAT_STATE_HELD);
    const hold: Hold = {
      screeningId: request.screeningId,
      holdToken: `token-${String(this.holds.size)}`,
      buyerId: request.buyerId,
      seatIds: request.seatIds,
      createTime: new Date(0),
      expireTime: new Date(60_000),
      maxExpireTime: new Date(600_000),
    };
    this.holds.set(hold.holdToken, hold);
    return { hold, revision: 8 };
  }

  async getHold(request: { holdToken: string }) {
    await this.note(request);
    return { hold: this.holdOf(request.holdToken) };
  }

  async extendHold(request: { holdToken: string }) {
    await this.note(request);
    return { hold: { ...this.holdOf(request.holdToken), expireTime: new Date(120_000) }, revision: 9 };
  }

  async releaseHold(request: { holdToken: string; seatIds: string[] }) {
    await this.note(request);
    const hold = this.holdOf(request.holdToken);
    const released = request.seatIds.length === 0 ? hold.seatIds : request.seatIds;
    const rest = hold.seatIds.filter((seatId) => !released.includes(seatId));
    return { hold: rest.length === 0 ? undefined : { ...hold, seatIds: rest }, releasedSeatIds: released, revision: 9 };
  }

  async confirmHold(request: { holdToken: string }) {
    await this.note(request);
    const { screeningId, buyerId, seatIds } = this.holdOf(request.holdToken);
    const booking = {
      bookingId: 'booking-1',
      screeningId,
      buyerId,
      seatIds,
      state: 1,
      createTime: new Date(1000),
      updateTime: new Date(1000),
    };
    return { booking, revision: 9 };
  }

  private holdOf(holdToken: string): Hold {
    const hold = this.holds.get(holdToken);
    if (hold === undefined) throw new ApiError('NOT_FOUND', 'HOLD_NOT_FOUND', 'there is no such hold');
    return hold;
  }

  private async note(request: object): Promise<void> {
    this.requests.push(request);
    await this.instead?.();
  }
}

function screening(screeningId: string): Screening {
  if (screeningId !== 'tonight' && screeningId !== 'tomorrow') {
    throw new ApiError('NOT_FOUND', 'SCREENING_NOT_FOUND', 'there is no such screening');
  }
  return {
    screeningId,
    auditoriumId: 'small',
    title: 'A film <b>& more</b>',
    startsAt,
    salesOpenAt: new Date(0),
    salesCloseAt: startsAt,
    limits: { maxSeatsPerRequest: 10, maxSeatsPerBuyer: 20, holdTtl: undefined, holdLifetimeMax: undefined },
    cancelled: false,
    capacity: smallPlan.seats.length,
    createTime: new Date(0),
  };
}

function seatUnavailable(seatIds: readonly string[]): ApiError {
  const violations = seatIds.map((seatId) => ({
    type: 'SEAT_HELD',
    subject: seatId,
    description: `seat ${seatId} is not free`,
  }));
  return new ApiError(
    'FAILED_PRECONDITION',
    'SEAT_UNAVAILABLE',
    'one or more seats are not free',
    { seat_ids: seatIds.join(',') },
    [{ kind: 'precondition-failure', violations }],
  );
}
