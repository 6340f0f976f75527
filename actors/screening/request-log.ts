import type { Fingerprint } from './events.js';
import type { Booking, Hold } from './occupancy.js';
import type { Terms } from './projection.js';

/** A request is known again for this long after it was answered (AIP-155 asks for a while; the contract says a day). */
export const REQUEST_RETENTION_MS = 24 * 60 * 60 * 1000;

/** A mutation that had an effect, and the answer it got. */
export interface AnsweredRequest {
  readonly buyerId: string;
  readonly requestId: string;
  readonly fingerprint: Fingerprint;
  readonly timeMs: number;
  readonly revision: number;
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
  private readonly entries = new Map<string, AnsweredRequest>();

  get size(): number {
    return this.entries.size;
  }

  /** Whether a request answered now would be one too many, were those older than 24 h gone. */
  isFull(limit: number, nowMs: number): boolean {
    if (this.entries.size < limit) return false;
    const [oldest] = this.entries.values();
    return oldest === undefined || oldest.timeMs >= nowMs - REQUEST_RETENTION_MS;
  }

  find(buyerId: string, requestId: string): AnsweredRequest | undefined {
    return this.entries.get(key(buyerId, requestId));
  }

  add(request: AnsweredRequest): void {
    this.forgetBefore(request.timeMs - REQUEST_RETENTION_MS);
    this.entries.set(key(request.buyerId, request.requestId), request);
  }

  /** Oldest first. */
  values(): IterableIterator<AnsweredRequest> {
    return this.entries.values();
  }

  private forgetBefore(timeMs: number): void {
    for (const [entryKey, entry] of this.entries) {
      if (entry.timeMs >= timeMs) return;
      this.entries.delete(entryKey);
    }
  }
}

/** Request ids are UUIDs, of one length, so the concatenation is unambiguous. */
function key(buyerId: string, requestId: string): string {
  return requestId + buyerId;
}
