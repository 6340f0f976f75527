import type { Terms } from './projection.js';

/** Holds shorter than this cannot be confirmed by a person. */
export const HOLD_TTL_MIN_MS = 1_000;

/** The journal keeps a hold's times in 32 bits, relative to its turn. */
const HOLD_LIFETIME_LIMIT_MS = 2 ** 32 - 1;

/** What is wrong with a screening's terms taken together; undefined when nothing is. `field` is the API's name. */
export function problemWithTerms(terms: Terms): { readonly field: string; readonly problem: string } | undefined {
  if (terms.salesCloseAtMs <= terms.salesOpenAtMs) {
    return { field: 'sales_close_at', problem: 'must be after sales_open_at' };
  }
  if (terms.maxSeatsPerBuyer < terms.maxSeatsPerRequest) {
    return { field: 'limits.max_seats_per_buyer', problem: 'must be at least limits.max_seats_per_request' };
  }
  if (terms.holdTtlMs < HOLD_TTL_MIN_MS) return { field: 'limits.hold_ttl', problem: 'must be at least 1 s' };
  if (terms.holdLifetimeMaxMs < terms.holdTtlMs) {
    return { field: 'limits.hold_lifetime_max', problem: 'must be at least limits.hold_ttl' };
  }
  if (terms.holdLifetimeMaxMs > HOLD_LIFETIME_LIMIT_MS) {
    return { field: 'limits.hold_lifetime_max', problem: 'must be less than 50 days' };
  }
  return undefined;
}

/** `terms` with what `change` has; a field that is there but undefined counts as absent. */
export function updatedTerms(terms: Terms, change: Partial<Terms>): Terms {
  return {
    title: change.title ?? terms.title,
    startsAtMs: change.startsAtMs ?? terms.startsAtMs,
    salesOpenAtMs: change.salesOpenAtMs ?? terms.salesOpenAtMs,
    salesCloseAtMs: change.salesCloseAtMs ?? terms.salesCloseAtMs,
    maxSeatsPerRequest: change.maxSeatsPerRequest ?? terms.maxSeatsPerRequest,
    maxSeatsPerBuyer: change.maxSeatsPerBuyer ?? terms.maxSeatsPerBuyer,
    holdTtlMs: change.holdTtlMs ?? terms.holdTtlMs,
    holdLifetimeMaxMs: change.holdLifetimeMaxMs ?? terms.holdLifetimeMaxMs,
  };
}
