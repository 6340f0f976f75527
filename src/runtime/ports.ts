/**
 * What the runtime needs from the world. Each port is the smallest interface
 * its consumer needs; production, tests and simulation hand in their own.
 */

/** Wall time in milliseconds since 1970 UTC, and timers on the same time line. */
export interface Clock {
  /** Milliseconds since 1970 UTC. May step; whoever needs order keeps the last value seen. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For measuring and for leases. */
  monotonic(): number;
  /** Calls `run` once, after at least `delayMs` (>= 0). The timer does not keep a process alive. */
  after(delayMs: number, run: () => void): Timer;
  /** Calls `run` after the arrivals already at the door have been taken in (a macrotask, no delay). */
  soon(run: () => void): void;
}

export interface Timer {
  /** Idempotent; a no-op once the timer ran. */
  cancel(): void;
}

/** Chance: the only source of tokens and ids. */
export interface Randomness {
  /** 128 random bits as 22 characters of base64url. Never the same twice. */
  token(): string;
  /** Uniform in [0, 1); for jitter only. */
  fraction(): number;
}

/** One turn of one actor, to be made durable as one journal row. */
export interface TurnRecord<Projection> {
  readonly entityId: string;
  /** The epoch this writer activated the entity with. */
  readonly epoch: number;
  /** The revision this row becomes; the row before it must be `revision - 1`. */
  readonly revision: number;
  readonly events: Uint8Array;
  /**
   * When the entity next needs to act without being asked (its earliest hold
   * expiry), in ms since 1970; null when never. Stored with the row so that a
   * crashed entity is woken in time.
   */
  readonly wakeAtMs: number | null;
  /** Rows of the read tables written in the same statement; undefined for none. */
  readonly projection: Projection | undefined;
}

/**
 * What became of an append.
 * - `committed`: durable.
 * - `fenced`: another owner has the entity, or the revision is not the next one.
 *   Nothing was written and nothing of this writer will ever be again.
 * - `conflict`: a unique key refused it (a seat already booked, a revision taken). Nothing was written.
 */
export type AppendResult = 'committed' | 'fenced' | 'conflict';

/** Appends the turns of many entities in one commit. */
export interface JournalWriter<Projection> {
  /**
   * Results in the order of `turns`; at most one turn per entity in a call.
   * Turns stand or fall alone: one that is fenced or in conflict does not keep
   * the others from being committed.
   * @param lane connection to use, 0 <= lane < lanes; calls on one lane never overlap.
   * @throws StorageUnavailable when the outcome is unknown or nothing could be
   *   written; the caller must drop the entities and recover them.
   */
  appendBatch(lane: number, turns: readonly TurnRecord<Projection>[]): Promise<readonly AppendResult[]>;
}

export interface JournalRow {
  readonly revision: number;
  readonly epoch: number;
  readonly events: Uint8Array;
}

export interface JournalReader {
  /**
   * Rows with `revision > afterRevision`, ascending, at most `limit` (1 to 10,000).
   * A shorter answer than `limit` means the end was reached.
   * @throws StorageUnavailable
   */
  read(entityId: string, afterRevision: number, limit: number): Promise<readonly JournalRow[]>;
}

export interface StoredSnapshot {
  readonly revision: number;
  readonly state: Uint8Array;
}

/** Checksummed and versioned by the store; the newest two of an entity are kept. */
export interface Snapshots {
  /** Newest first, at most two, those with a wrong checksum left out. @throws StorageUnavailable */
  load(entityId: string): Promise<readonly StoredSnapshot[]>;
  /** False when `epoch` is no longer the owner's (nothing was written). @throws StorageUnavailable */
  save(entityId: string, epoch: number, snapshot: StoredSnapshot): Promise<boolean>;
}

/** Who may write: the epoch in the database. */
export interface Ownership {
  /**
   * Raises the entity's epoch by one compare-and-set. From then on every append with an
   * older epoch is refused, and every append that was accepted can be read. Undefined
   * when there is no such entity.
   * @throws StorageUnavailable
   */
  claim(entityId: string): Promise<Claim | undefined>;
  /**
   * Whether each epoch is still its entity's, as of a moment after the call: nobody
   * else had claimed the entity by then. In the order given, at most 10,000.
   * @throws StorageUnavailable
   */
  stillHeld(owned: readonly OwnedEntity[]): Promise<readonly boolean[]>;
  /**
   * Entities that want to act by themselves at or before `untilMs`, soonest first.
   * @throws StorageUnavailable
   */
  dueBefore(untilMs: number, limit: number): Promise<readonly { entityId: string; wakeAtMs: number }[]>;
}

/** What a claim gives. */
export interface Claim {
  /** To append with. */
  readonly epoch: number;
  /** Of the last turn that was ever appended: where the journal ends, whatever a reader sees of it. */
  readonly revision: number;
}

/** An entity and the epoch somebody believes to own it by. */
export interface OwnedEntity {
  readonly entityId: string;
  readonly epoch: number;
}

/** Another node has the entity and keeps it. Nothing was claimed. */
export class OwnedElsewhere extends Error {
  override readonly name = 'OwnedElsewhere';
}

/** The store cannot be reached, or did not say what became of a write. Retryable. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}

/** Carries committed changes from owners to whoever shows them. May lose, repeat and reorder messages. */
export interface Bus<Message> {
  publish(topic: string, message: Message): void;
  /**
   * Calls `receive` for messages of the topic until the returned function is called
   * (idempotent). Between nodes hearing begins some time after this returns, and stops
   * while the connection is away.
   * @param listening called every time hearing begins, the first time and after each
   *   break; it may run before this returns. What was published before it may have been
   *   missed: whoever must know has to ask, and ask after this call.
   */
  subscribe(topic: string, receive: (message: Message) => void, listening?: () => void): () => void;
}
