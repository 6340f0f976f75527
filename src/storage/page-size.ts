/** One more than callers may ask for, so that they can see whether there is a next page. */
const PAGE_MAX = 1_001;
/** Rows of an id and a name: small, and there are many. */
const HELD_MAX = 10_000;

/** @throws RangeError unless 1 <= limit <= 1,001. */
export function requirePageSize(limit: number): void {
  requireWithin(limit, PAGE_MAX);
}

/** @throws RangeError unless 1 <= limit <= 10,000. */
export function requireHeldLimit(limit: number): void {
  requireWithin(limit, HELD_MAX);
}

function requireWithin(limit: number, max: number): void {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= max)) {
    throw new RangeError(`a page of ${String(limit)} rows, 1 to ${String(max)}`);
  }
}
