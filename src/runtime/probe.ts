/** What the runtime tells operators; the telemetry folder turns it into metrics and log lines. */
export interface RuntimeProbe {
  /** A turn was committed: how many commands and events it had, and how long the commit took. */
  turnCommitted(commands: number, events: number, commitMs: number): void;
  /** A command failed; `kind` is the Failure's. */
  commandFailed(kind: string): void;
  activated(entityId: string, epoch: number, replayedTurns: number, tookMs: number): void;
  activationFailed(entityId: string, error: unknown): void;
  passivated(entityId: string, reason: PassivationReason): void;
  /** The entity was thrown away because its commit was refused or its fate unknown, or because of a bug. */
  dropped(entityId: string, reason: string, error?: unknown): void;
  snapshotTaken(entityId: string, bytes: number, tookMs: number): void;
  snapshotFailed(entityId: string, error: unknown): void;
}

/** Why an entity left memory in order: nobody asked for it, room was needed, the node stops, another node takes it. */
export type PassivationReason = 'idle' | 'cap' | 'drain' | 'moved';

/** For tests and tools that have nobody to tell. */
export const silentProbe: RuntimeProbe = {
  turnCommitted: () => undefined,
  commandFailed: () => undefined,
  activated: () => undefined,
  activationFailed: () => undefined,
  passivated: () => undefined,
  dropped: () => undefined,
  snapshotTaken: () => undefined,
  snapshotFailed: () => undefined,
};
