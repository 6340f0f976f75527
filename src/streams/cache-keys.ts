import { createHash } from 'node:crypto';

/** Keys of the read cache. A turn throws them away by name, so a key says only what a turn knows. */

/** The state of a screening's seats. */
export function seatMapKey(screeningId: string): string {
  return `seat-map:${screeningId}`;
}

/** A buyer's newest bookings. Hashed: keys are shown by tools and logs, and who buys is nobody's business there. */
export function bookingsKey(buyerId: string): string {
  return `bookings:${createHash('sha256').update(buyerId).digest('base64url')}`;
}
