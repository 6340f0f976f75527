import type { ByJournal } from './by-journal.js';
import type { ByNodes } from './by-nodes.js';
import type { ByScreenings } from './by-screenings.js';
import type { BySeats } from './by-seats.js';

/** Everything that was found. */
export interface Growth {
  readonly screenings: ByScreenings;
  readonly seats: BySeats;
  readonly nodes: ByNodes;
  readonly journal: ByJournal;
  /** Reservations per second of all curves of costs. */
  readonly rate: number;
}
