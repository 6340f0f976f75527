import type { ScreeningProjection } from '../../actors/screening/projection.js';
import type { Holder, Holders } from '../cluster/ports.js';
import type { JournalReader, JournalWriter, Ownership, Snapshots } from '../runtime/ports.js';
import type { Catalogue } from '../transport/api/catalogue.js';

/** In whose name a storage claims: kept with the epoch, so that people can see which process has a screening. */
export type NodeIdentity = Holder;

/** Everything the system keeps. Every method may throw StorageUnavailable. */
export interface Storage {
  readonly journalWriter: JournalWriter<ScreeningProjection>;
  /** Lanes of `journalWriter`. */
  readonly lanes: number;
  readonly journalReader: JournalReader;
  readonly ownership: Ownership;
  /** What `ownership` claimed, of every node. */
  readonly holders: Holders;
  readonly snapshots: Snapshots;
  readonly catalogue: Catalogue;
  /**
   * Commits something small: resolves when the database takes writes durably, with the
   * database's time in ms since 1970; undefined when it has no clock of its own.
   * @throws StorageUnavailable
   */
  check(): Promise<number | undefined>;
  /** Closes every connection after the statements under way. Idempotent. Stop appending first. */
  close(): Promise<void>;
}
