/**
 * Sales may go on after the start. Screenings that began longer ago are not upcoming all
 * the same: a list of what is must not read through everything that ever was.
 */
const LATE_SALES_MAX_MS = 86_400_000;

/** Upcoming screenings begin at this moment or later. */
export function earliestUpcomingMs(atMs: number): number {
  return atMs - LATE_SALES_MAX_MS;
}
