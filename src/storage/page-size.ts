/** One more than callers may ask for, so that they can see whether there is a next page. */
const LIMIT_MAX = 1_001;

/** @throws RangeError unless 1 <= limit <= 1,001. */
export function requirePageSize(limit: number): void {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX)) {
    throw new RangeError(`a page of ${String(limit)} rows, 1 to ${String(LIMIT_MAX)}`);
  }
}
