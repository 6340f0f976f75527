import type { Histogram } from 'hdr-histogram-js';
import { seatIdAt, type SeatLayout } from '../../actors/screening/seat-layout.js';
import { HoldSeatsRequest, HoldSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { Promises } from '../audit.js';
import { checkHold } from '../load/check-hold.js';
import { requestFor } from '../load/closed-loop.js';
import { latencyHistogram, recordMs } from '../load/latency.js';
import type { RawClient } from '../load/raw-client.js';

/** A screening on sale and where it is sold: at its owner. */
export interface Stall {
  readonly screeningId: string;
  readonly layout: SeatLayout;
  readonly clients: readonly RawClient[];
}

/** Answers to what was sold. */
export interface Sales {
  accepted: number;
  /** FAILED_PRECONDITION or RESOURCE_EXHAUSTED. */
  refused: number;
  /** Everything else that is not OK. */
  errors: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Of accepted requests in microseconds; at a pace, from the moment each was due. */
  readonly latencyMicros: Histogram;
}

const HOLD_PATH = '/cinema.boxoffice.v1.SeatService/HoldSeats';
const FAILED_PRECONDITION = 9;
const RESOURCE_EXHAUSTED = 8;
const TICK_MS = 1;

/** Sells one seat after another, of each screening in turn, and remembers what was promised. */
export class Market {
  readonly all = { accepted: 0, refused: 0, errors: 0 };
  private readonly given = new Map<string, { owner: string; seat: number }[]>();
  private sold = 0;

  constructor(private readonly stalls: readonly Stall[]) {}

  /** Requests at a steady rate, whatever the answers do. Rejects when an answer is wrong. */
  async sellAtPace(rate: number, seconds: number): Promise<Sales> {
    const requests = Math.floor(rate * seconds);
    const sales = newSales();
    const startedMs = performance.now();
    const underWay: Promise<void>[] = [];
    const wrong: unknown[] = [];
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const due = Math.min(requests, Math.ceil(((performance.now() - startedMs) / 1_000) * rate));
        while (underWay.length < due) {
          const dueMs = startedMs + (underWay.length / rate) * 1_000;
          underWay.push(this.sellOne(sales, dueMs).catch((error: unknown) => void wrong.push(error)));
        }
        if (underWay.length < requests) return;
        clearInterval(timer);
        resolve();
      }, TICK_MS);
    });
    await Promise.all(underWay);
    if (wrong.length > 0) throw new AggregateError(wrong, `${String(wrong.length)} requests were answered wrongly`);
    return this.counted({ ...sales, seconds: (performance.now() - startedMs) / 1_000 });
  }

  /** So many callers, each with one request under way, until so many requests were made. Rejects when an answer is wrong. */
  async sellAtOnce(requests: number, callers: number): Promise<Sales> {
    const sales = newSales();
    const startedMs = performance.now();
    let left = requests;
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.sellOne(sales, performance.now());
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return this.counted({ ...sales, seconds: (performance.now() - startedMs) / 1_000 });
  }

  /** One seat in each screening: brings all of them into memory. */
  visitAll(callers: number): Promise<Sales> {
    return this.sellAtOnce(this.stalls.length, callers);
  }

  /** For the sweep. */
  promises(): Map<string, Promises> {
    return new Map(
      this.stalls.map(({ screeningId }) => [screeningId, { given: this.given.get(screeningId) ?? [], kept: [] }]),
    );
  }

  private async sellOne(sales: Sales, dueMs: number): Promise<void> {
    const stall = this.stalls[this.sold % this.stalls.length];
    const seat = Math.floor(this.sold / this.stalls.length);
    this.sold += 1;
    const client = stall?.clients[this.sold % stall.clients.length];
    if (stall === undefined || client === undefined) throw new RangeError('a market has stalls, and they have clients');
    const { screeningId, layout } = stall;
    const request = requestFor(screeningId, seat, seatIdAt(layout, seat));
    const { status, message } = await client.call(HOLD_PATH, HoldSeatsRequest.encode(request).finish());
    if (status === 0) {
      const response = HoldSeatsResponse.decode(message);
      checkHold(request, response);
      if (response.hold?.screeningId !== screeningId)
        throw new Error(`a hold of ${screeningId} is of another screening`);
      recordMs(sales.latencyMicros, performance.now() - dueMs);
      sales.accepted += 1;
      const given = this.given.get(screeningId) ?? [];
      this.given.set(screeningId, given);
      given.push({ owner: response.hold.holdToken, seat });
    } else if (status === FAILED_PRECONDITION || status === RESOURCE_EXHAUSTED) sales.refused += 1;
    else sales.errors += 1;
  }

  private counted(sales: Sales): Sales {
    this.all.accepted += sales.accepted;
    this.all.refused += sales.refused;
    this.all.errors += sales.errors;
    return sales;
  }
}

function newSales(): Sales {
  return { accepted: 0, refused: 0, errors: 0, seconds: 0, latencyMicros: latencyHistogram() };
}
