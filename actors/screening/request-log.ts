import type { EventPosition, Origin } from './events.js';
import type { Booking, Hold } from './occupancy.js';
import type { Terms } from './projection.js';
import { TextMap } from './text-map.js';

/** A request is known again for this long after it was answered (AIP-155 asks for a while; the contract says a day). */
export const REQUEST_RETENTION_MS = 24 * 60 * 60 * 1000;

/** A mutation that had an effect, and the answer it got. */
export interface AnsweredRequest extends Origin {
  readonly buyerId: string;
  /** The turn it was answered in: one object for all requests of the turn. */
  readonly at: EventPosition;
  readonly outcome: RequestOutcome;
}

/** Shares the immutable records of the state, so that an entry costs little while they live. */
export type RequestOutcome =
  | { readonly kind: 'held'; readonly hold: Hold }
  | { readonly kind: 'extended'; readonly hold: Hold }
  | { readonly kind: 'released'; readonly hold: Hold | undefined; readonly released: readonly number[] }
  | { readonly kind: 'booked'; readonly booking: Booking }
  | { readonly kind: 'booking-cancelled'; readonly booking: Booking; readonly cancelled: readonly number[] }
  | { readonly kind: 'screening-updated'; readonly terms: Terms }
  | { readonly kind: 'screening-cancelled'; readonly terms: Terms };

/**
 * The requests of the last 24 h by caller and id. Entries are added in time order,
 * so the oldest are first and leave from the front.
 */
export class RequestLog {
  /** By request id, which is its one caller's in practice: a joined key would cost a string per request. */
  private readonly entries: TextMap<AnsweredRequest>;
  /** Entries of second callers of an id, under a key of both. */
  private shared = 0;
  /** Of the first entry, or of one before it: whether there is anything to forget is asked with every request. */
  private oldestMs = Number.POSITIVE_INFINITY;
  /** The one added last, whether or not it is still remembered. */
  newest: AnsweredRequest | undefined;

  /** @param seed of its TextMap */
  constructor(seed: number) {
    this.entries = new TextMap(seed);
  }

  get size(): number {
    return this.entries.size;
  }

  /** Whether a request answered now would be one too many, were those older than 24 h gone. */
  isFull(limit: number, nowMs: number): boolean {
    if (this.entries.size < limit) return false;
    const [oldest] = this.entries.values();
    return oldest === undefined || oldest.at.timeMs >= nowMs - REQUEST_RETENTION_MS;
  }

  find(buyerId: string, requestId: string): AnsweredRequest | undefined {
    const found = this.entries.get(requestId);
    if (found?.buyerId === buyerId) return found;
    return this.shared === 0 ? undefined : this.entries.get(sharedKey(buyerId, requestId));
  }

  add(request: AnsweredRequest): void {
    const { requestId, at } = request;
    this.forgetBefore(at.timeMs - REQUEST_RETENTION_MS);
    this.newest = request;
    const taken = this.entries.has(requestId);
    if (taken) this.shared += 1;
    this.entries.set(taken ? sharedKey(request.buyerId, requestId) : requestId, request);
    this.oldestMs = Math.min(this.oldestMs, at.timeMs);
  }

  /** Oldest first. */
  values(): IterableIterator<AnsweredRequest> {
    return this.entries.values();
  }

  private forgetBefore(timeMs: number): void {
    if (this.oldestMs >= timeMs) return;
    this.oldestMs = Number.POSITIVE_INFINITY;
    for (const [key, entry] of this.entries) {
      if (entry.at.timeMs >= timeMs) {
        this.oldestMs = entry.at.timeMs;
        return;
      }
      this.entries.delete(key);
      if (key !== entry.requestId) this.shared -= 1;
    }
  }
}

/** Request ids are of one length, so this is never one. */
function sharedKey(buyerId: string, requestId: string): string {
  return requestId + buyerId;
}
