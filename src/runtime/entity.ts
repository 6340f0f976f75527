/**
 * An actor's domain as the runtime sees it: a working state that handles commands one
 * turn at a time. Synchronous and free of I/O. It runs ahead of the journal between
 * endTurn and the commit; if the commit fails the runtime throws the entity away and
 * builds a new one from the journal.
 */
export interface Entity<Command, Answer, Change, Projection> {
  /** Of the last turn that had events. */
  readonly revision: number;
  /** When it next has to act without being asked, ms since 1970; null for never. */
  readonly wakeAtMs: number | null;
  /** What a snapshot costs, in events that cost as much to write. */
  readonly weight: number;
  beginTurn(nowMs: number): void;
  /** @param freshToken 128 random bits to name what the command creates. */
  handle(command: Command, freshToken: string): Answer;
  endTurn(): EntityTurn<Change, Projection> | undefined;
  /**
   * The state at the call, in parts that are put together. Each part is made when it is
   * asked for, also after further turns, so that a large state holds up nobody.
   */
  snapshot(): Iterable<Uint8Array>;
  restore(snapshot: Uint8Array): void;
  replay(revision: number, events: Uint8Array): void;
  /** Called once after the last replay; throws when the state is inconsistent. */
  recovered(): void;
}

export interface EntityTurn<Change, Projection> {
  readonly revision: number;
  readonly events: Uint8Array;
  readonly eventCount: number;
  readonly projection: Projection | undefined;
  /** What viewers are shown of it. */
  readonly change: Change;
}

/**
 * What an owner tells on the bus: a committed change, or that it took over at a
 * revision (which may hold a change whose owner died before telling). Consumers
 * ignore what is not newer by (epoch, revision).
 */
export interface OwnerNotice<Change> {
  readonly epoch: number;
  readonly revision: number;
  /** Undefined for a take-over. */
  readonly change: Change | undefined;
}
