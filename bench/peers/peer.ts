import type { HoldSeatsRequest } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';

/** Whoever takes seats for a buyer; one per design that is compared. */
export interface Peer {
  /** All of the seats or none, stored as safely as the design stores anything. Rejects when it does not know. */
  hold(wanted: WantedSeats): Promise<HoldOutcome>;
  /** Idempotent. */
  close(): Promise<void>;
}

export type WantedSeats = Pick<HoldSeatsRequest, 'requestId' | 'screeningId' | 'buyerId' | 'seatIds'>;

export type HoldOutcome =
  | {
      readonly kind: 'held';
      readonly holdToken: string;
      readonly createTimeMs: number;
      readonly expireTimeMs: number;
      /** Of no other hold of the screening; from 2 on. */
      readonly revision: number;
    }
  /** Somebody else has one of the seats, or is just taking it. */
  | { readonly kind: 'taken' };

/** Where a peer keeps its seats. */
export interface PeerStores {
  readonly postgresUrl: string;
  readonly redisUrl: string;
}

/** As long as this system's own holds. */
export const HOLD_TTL_MS = 480_000;
