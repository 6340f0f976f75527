import {
  BookSeatsRequest,
  CancelBookingRequest,
  ConfirmHoldRequest,
  ExtendHoldRequest,
  GetBookingRequest,
  GetHoldRequest,
  HoldSeatsRequest,
  ReleaseHoldRequest,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { Booking, Hold } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import { call, connectBoxOffice, readFailure, type BoxOfficeClient } from '../support/box-office-client.js';
import type { Answer, HistoryRecorder, Outcome, Request } from './history.js';

/** What is asked, in whose name. */
export interface Question {
  readonly client: string;
  readonly screeningId: string;
  readonly requestId: string;
  readonly request: Request;
}

export interface Patience {
  /** Of one attempt. */
  readonly attemptMs: number;
  /** Nobody is asked again after this; the outcome is then unknown. */
  readonly totalMs: number;
  /** Pause between attempts. */
  readonly pauseMs: number;
}

const PATIENCE: Patience = { attemptMs: 1_500, totalMs: 12_000, pauseMs: 60 };

/** From its deadline on a command has no effect, but for a statement that is under way, in a process that may be frozen. */
const LATE_MS = 30_000;

/** Failures that say nothing of what became of the request. */
const UNANSWERED = new Set([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'UNKNOWN',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
]);

/** A caller of all nodes: whoever does not answer is left for the next, with the same request_id, and everything is recorded. */
export class Caller {
  private readonly clients: ReadonlyMap<string, BoxOfficeClient>;

  constructor(
    addresses: ReadonlyMap<string, string>,
    private readonly recorder: HistoryRecorder,
  ) {
    this.clients = new Map([...addresses].map(([id, address]) => [id, connectBoxOffice(address)]));
  }

  /** Asks the nodes in this order, over and over, until one answers. */
  async ask(question: Question, nodes: readonly string[], patience: Partial<Patience> = {}): Promise<Outcome> {
    const { attemptMs, totalMs, pauseMs } = { ...PATIENCE, ...patience };
    const open = this.recorder.begin(question);
    const deadlineMs = performance.now() + totalMs;
    for (let attempt = 0; ; attempt += 1) {
      const node = nodes[attempt % nodes.length] ?? '';
      open.attempt(node, attemptMs + LATE_MS);
      const outcome = await this.attempt(node, question, attemptMs);
      if (outcome.kind !== 'unknown' || performance.now() > deadlineMs) {
        open.end(outcome);
        return outcome;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** One attempt at one node, not recorded. */
  async attempt(
    node: string,
    { screeningId, requestId, request }: Omit<Question, 'client'>,
    timeoutMs: number,
  ): Promise<Outcome> {
    const client = this.clients.get(node);
    if (client === undefined) throw new RangeError(`no node ${node}`);
    try {
      return { kind: 'ok', answer: await this.send(client, screeningId, requestId, request, timeoutMs) };
    } catch (error) {
      const { code, reason, metadata, seats } = readFailure(error);
      if (UNANSWERED.has(code)) return { kind: 'unknown', reason: `${code} ${reason ?? ''}` };
      const ended = metadata['ended'];
      return {
        kind: 'refused',
        reason: reason ?? code,
        ...(Object.keys(seats).length === 0 ? {} : { seats: { ...seats } }),
        ...(ended === undefined ? {} : { ended }),
      };
    }
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private async send(
    { seats }: BoxOfficeClient,
    screeningId: string,
    requestId: string,
    request: Request,
    timeoutMs: number,
  ): Promise<Answer> {
    const head = { screeningId, requestId };
    switch (request.kind) {
      case 'hold': {
        const { buyerId, seatIds, ttlMs } = request;
        const asked = HoldSeatsRequest.fromPartial({ ...head, buyerId, seatIds, ttl: duration(ttlMs) });
        const { hold, revision } = await call(seats, seats.holdSeats, asked, timeoutMs);
        return { ...this.held(hold), revision };
      }
      case 'book': {
        const asked = BookSeatsRequest.fromPartial({ ...head, buyerId: request.buyerId, seatIds: request.seatIds });
        const { booking, revision } = await call(seats, seats.bookSeats, asked, timeoutMs);
        return { ...booked(booking), revision };
      }
      case 'extend': {
        const { buyerId, holdToken, ttlMs } = request;
        const asked = ExtendHoldRequest.fromPartial({ ...head, buyerId, holdToken, ttl: duration(ttlMs) });
        const { hold, revision } = await call(seats, seats.extendHold, asked, timeoutMs);
        return { ...this.held(hold), revision };
      }
      case 'release': {
        const { buyerId, holdToken, seatIds } = request;
        const asked = ReleaseHoldRequest.fromPartial({ ...head, buyerId, holdToken, seatIds });
        const { hold, releasedSeatIds, revision } = await call(seats, seats.releaseHold, asked, timeoutMs);
        return { ...this.held(hold), id: holdToken, goneSeatIds: releasedSeatIds, revision };
      }
      case 'confirm': {
        const { buyerId, holdToken } = request;
        const asked = ConfirmHoldRequest.fromPartial({ ...head, buyerId, holdToken });
        const { booking, revision } = await call(seats, seats.confirmHold, asked, timeoutMs);
        return { ...booked(booking), revision };
      }
      case 'cancel': {
        const { buyerId, bookingId, seatIds } = request;
        const asked = CancelBookingRequest.fromPartial({ ...head, buyerId, bookingId, seatIds });
        const { booking, cancelledSeatIds, revision } = await call(seats, seats.cancelBooking, asked, timeoutMs);
        return { ...booked(booking), goneSeatIds: cancelledSeatIds, revision };
      }
      case 'get-hold': {
        const { buyerId, holdToken } = request;
        const asked = GetHoldRequest.fromPartial({ screeningId, buyerId, holdToken });
        return this.held((await call(seats, seats.getHold, asked, timeoutMs)).hold);
      }
      case 'get-booking': {
        const asked = GetBookingRequest.fromPartial({ bookingId: request.bookingId });
        return booked((await call(seats, seats.getBooking, asked, timeoutMs)).booking);
      }
    }
  }

  private held(hold: Hold | undefined): Answer {
    const expire = hold?.expireTime;
    return {
      id: hold?.holdToken ?? '',
      seatIds: hold?.seatIds ?? [],
      ...(expire === undefined ? {} : { expireMs: this.recorder.fromWallClock(expire) }),
    };
  }
}

function booked(booking: Booking | undefined): Answer {
  return { id: booking?.bookingId ?? '', seatIds: booking?.seatIds ?? [] };
}

function duration(ms: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
}
