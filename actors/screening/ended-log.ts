/** How a hold or a booking ended. */
export type Ending = 'expired' | 'released' | 'confirmed' | 'cancelled';

export interface Ended {
  /** The hold token or booking id. */
  readonly id: string;
  readonly buyerId: string;
  readonly seats: readonly number[];
  readonly how: Ending;
  readonly timeMs: number;
}

/** A late caller is told how it ended for this long; afterwards only "not found". */
const ENDED_RETENTION_MS = 30 * 60 * 1000;

/** Bounds the memory of a screening that many people hold and let go; the oldest leave first. */
const ENDED_LIMIT = 10_000;

/** Holds and bookings that are over, oldest first. */
export class EndedLog {
  private readonly entries = new Map<string, Ended>();

  find(id: string): Ended | undefined {
    return this.entries.get(id);
  }

  add(ended: Ended): void {
    this.entries.set(ended.id, ended);
    for (const [id, entry] of this.entries) {
      if (this.entries.size <= ENDED_LIMIT && entry.timeMs >= ended.timeMs - ENDED_RETENTION_MS) return;
      this.entries.delete(id);
    }
  }

  values(): IterableIterator<Ended> {
    return this.entries.values();
  }
}
