import type { Holder } from '../../cluster/ports.js';
import type { JournalRow, StoredSnapshot } from '../../runtime/ports.js';
import type { NewAuditorium, NewScreening, ScreeningRow, StoredBooking } from '../../transport/api/catalogue.js';

/** The rows a database would hold. Several storages (nodes) may share one. */
export interface MemoryTables {
  readonly auditoriums: Map<string, NewAuditorium>;
  readonly screenings: Map<string, ScreeningRow & Pick<NewScreening, 'requestId' | 'fingerprint'>>;
  readonly owners: Map<string, OwnerRow>;
  /** By screening; the row with revision r is at index r - 1. */
  readonly journals: Map<string, JournalRow[]>;
  /** By screening, newest first. */
  readonly snapshots: Map<string, readonly ChecksummedSnapshot[]>;
  readonly bookings: Map<string, StoredBooking>;
  /** Booking of each seat, by screening and seat. */
  readonly bookedSeats: Map<string, Map<string, string>>;
}

export interface OwnerRow {
  readonly epoch: number;
  readonly revision: number;
  readonly wakeAtMs: number | null;
  /** Who claimed it last; undefined before the first claim. */
  readonly holder: Holder | undefined;
}

export interface ChecksummedSnapshot extends StoredSnapshot {
  readonly checksum: string;
}

export function memoryTables(): MemoryTables {
  return {
    auditoriums: new Map(),
    screenings: new Map(),
    owners: new Map(),
    journals: new Map(),
    snapshots: new Map(),
    bookings: new Map(),
    bookedSeats: new Map(),
  };
}
