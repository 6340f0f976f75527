import type { Catalogue, StoredBooking } from './catalogue.js';

/** The first page of a buyer's bookings, which buyers look at again and again. */
export interface BuyerBookings {
  /**
   * The buyer's bookings in all screenings, newest first, at most `limit` (1 to 1,001).
   * Has every booking whose buyer was told of it by this node; see the implementation
   * for those that others told of.
   * @throws StorageUnavailable
   */
  newest(buyerId: string, limit: number): Promise<readonly StoredBooking[]>;
  /** The buyer is about to be told, by this node, of bookings that may have changed. */
  changed(buyerId: string): void;
}

/** The database's own: always of now. */
export function storedBookings(catalogue: Pick<Catalogue, 'listBookings'>): BuyerBookings {
  return {
    newest: (buyerId, limit) => catalogue.listBookings({ buyerId }, undefined, limit),
    changed: () => undefined,
  };
}
