/** Seats of one screening after another, each handed out once. */
export interface Sale {
  /** So many free seats of one screening. The next screening opens when this one has fewer. */
  take(seats: number): Promise<Seats>;
  /** Gives back what was taken last and not asked for. @param used seats from the first one that were */
  used(used: number): void;
}

/** Free seats of one screening, from one on. */
export interface Seats {
  readonly screeningId: string;
  readonly firstSeat: number;
}

/** @param open makes a screening with `seatsEach` free seats S-0, S-1, ... */
export function openSale(open: () => Promise<string>, seatsEach: number): Sale {
  let screeningId: string | undefined;
  let lastFirst = 0;
  let next = 0;
  return {
    async take(seats) {
      if (seats > seatsEach) throw new RangeError(`a screening has ${String(seatsEach)} seats, not ${String(seats)}`);
      if (screeningId === undefined || next + seats > seatsEach) {
        screeningId = await open();
        next = 0;
      }
      lastFirst = next;
      next += seats;
      return { screeningId, firstSeat: lastFirst };
    },
    used(used) {
      next = lastFirst + used;
    },
  };
}
