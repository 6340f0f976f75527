import type { Booking, Hold } from './api-types.js';

/** Where a viewer stands with one screening. Every request under way is written down before it is sent. */
export type Reservation =
  | { readonly phase: 'none' }
  | { readonly phase: 'holding'; readonly requestId: string; readonly seatIds: readonly string[] }
  | { readonly phase: 'held'; readonly hold: Hold }
  | { readonly phase: 'confirming' | 'releasing' | 'extending'; readonly requestId: string; readonly hold: Hold }
  | { readonly phase: 'booked'; readonly booking: Booking };

export interface StoredReservation {
  readonly reservation: Reservation;
  /** Everything booked in this tab, also before. */
  readonly bookedSeatIds: readonly string[];
}

const nothing: StoredReservation = { reservation: { phase: 'none' }, bookedSeatIds: [] };

/** Survives a reload of the page; ends with the tab, because a hold token is a secret. */
export class ReservationStore {
  private readonly key: string;

  constructor(screeningId: string) {
    this.key = `reservation:${screeningId}`;
  }

  load(): StoredReservation {
    const text = sessionStorage.getItem(this.key);
    if (text === null) return nothing;
    try {
      // Written by save() below, in this tab.
      return JSON.parse(text) as StoredReservation;
    } catch {
      return nothing;
    }
  }

  save(stored: StoredReservation): void {
    sessionStorage.setItem(this.key, JSON.stringify(stored));
  }
}
