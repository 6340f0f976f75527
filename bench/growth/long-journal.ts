import { seatIdAt, type SeatLayout } from '../../actors/screening/seat-layout.js';
import {
  HoldSeatsRequest,
  HoldSeatsResponse,
  ReleaseHoldRequest,
  ReleaseHoldResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { Promises } from '../audit.js';
import { checkHold } from '../load/check-hold.js';
import { requestFor } from '../load/closed-loop.js';
import type { RawClient } from '../load/raw-client.js';

const SEATS_SERVICE = '/cinema.boxoffice.v1.SeatService';
/** Between hold and release of a seat. Less than the seats of the smallest hall. */
const HELD_AT_ONCE = 50;

/**
 * One screening whose journal grows turn by turn, while the number of seats held stays
 * what it is: a seat is held, and the seat held longest given back. One command at a
 * time, so each is a turn of its own.
 */
export class LongJournal {
  readonly given: { owner: string; seat: number }[] = [];
  private readonly held: { readonly token: string; readonly seat: number; readonly buyerId: string }[] = [];
  private commands = 0;
  /** Of the last turn; 1 is the screening's creation. */
  private revision = 1;

  /** @param layout of a hall with more than fifty seats */
  constructor(
    readonly screeningId: string,
    private readonly layout: SeatLayout,
  ) {}

  get accepted(): number {
    return this.commands;
  }

  get promises(): Promises {
    const kept = this.held.map(({ token, seat }) => ({ owner: token, seat }));
    return { given: this.given, kept };
  }

  /** One command more. Answers how long it took in ms. @throws Error when it is not answered as it must be */
  async turn(client: RawClient): Promise<number> {
    const startedMs = performance.now();
    if (this.held.length < HELD_AT_ONCE) await this.hold(client);
    else await this.release(client);
    this.commands += 1;
    return performance.now() - startedMs;
  }

  private async hold(client: RawClient): Promise<void> {
    const seat = this.given.length % this.layout.capacity;
    const wanted = requestFor(this.screeningId, seat, seatIdAt(this.layout, seat));
    const request = { ...wanted, requestId: this.requestId() };
    const { status, message } = await client.call(
      `${SEATS_SERVICE}/HoldSeats`,
      HoldSeatsRequest.encode(request).finish(),
    );
    if (status !== 0) throw this.failed('HoldSeats', status);
    const response = HoldSeatsResponse.decode(message);
    checkHold(request, response);
    this.follow(response.revision);
    const token = response.hold?.holdToken ?? '';
    this.given.push({ owner: token, seat });
    this.held.push({ token, seat, buyerId: request.buyerId });
  }

  private async release(client: RawClient): Promise<void> {
    const oldest = this.held.shift();
    if (oldest === undefined) throw new RangeError('nothing is held');
    const request = ReleaseHoldRequest.fromPartial({
      requestId: this.requestId(),
      screeningId: this.screeningId,
      buyerId: oldest.buyerId,
      holdToken: oldest.token,
    });
    const { status, message } = await client.call(
      `${SEATS_SERVICE}/ReleaseHold`,
      ReleaseHoldRequest.encode(request).finish(),
    );
    if (status !== 0) throw this.failed('ReleaseHold', status);
    const { hold, releasedSeatIds, revision } = ReleaseHoldResponse.decode(message);
    const seatId = seatIdAt(this.layout, oldest.seat);
    if (hold !== undefined || releasedSeatIds.join() !== seatId)
      throw new Error(`the release of ${seatId} of ${this.screeningId} was answered wrongly`);
    this.follow(revision);
  }

  /** Nobody else uses this screening: what was committed before a restart must be all there. */
  private follow(revision: number): void {
    if (revision !== this.revision + 1)
      throw new Error(`${this.screeningId} answered revision ${String(revision)} after ${String(this.revision)}`);
    this.revision = revision;
  }

  private requestId(): string {
    return `00000000-0000-4000-8000-${String(this.commands).padStart(12, '0')}`;
  }

  private failed(method: string, status: number): Error {
    return new Error(`${method} of ${this.screeningId} was answered with status ${String(status)}`);
  }
}
