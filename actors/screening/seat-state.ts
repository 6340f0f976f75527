/** State of one seat. The numbers are those of the public API's SeatState. */
export const SeatState = { Free: 1, Held: 2, Booked: 3, Blocked: 4 } as const;
export type SeatState = (typeof SeatState)[keyof typeof SeatState];

/** Seats by state; the four add up to the capacity. */
export interface SeatCounts {
  free: number;
  held: number;
  booked: number;
  blocked: number;
}
