import type { Booking, Hold } from './api-types.js';

/**
 * A hold of this viewer. Its confirmation's request_id is drawn with it, so that a
 * copy of the tab confirms with the same: whichever is second is given the booking.
 */
export interface OwnHold extends Hold {
  readonly confirmId: string;
}

/** Where a viewer stands with one screening. Every request under way is written down before it is sent. */
export type Reservation =
  | { readonly phase: 'none' }
  | { readonly phase: 'holding'; readonly requestId: string; readonly seatIds: readonly string[] }
  | { readonly phase: 'held'; readonly hold: OwnHold }
  /** It may have ended, or been confirmed in another window. */
  | { readonly phase: 'checking'; readonly hold: OwnHold }
  | { readonly phase: 'confirming'; readonly hold: OwnHold }
  | { readonly phase: 'releasing' | 'extending'; readonly requestId: string; readonly hold: OwnHold }
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
