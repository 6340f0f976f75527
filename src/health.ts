import type { Entity } from './runtime/entity.js';
import {
  Committer,
  type Clock,
  type JournalWriter,
  localBus,
  type Outcome,
  type OwnerNotice,
  type Randomness,
  silentProbe,
  StorageUnavailable,
  type Timer,
} from './runtime/index.js';
import { SnapshotKeeper } from './runtime/snapshot-keeper.js';
import { TurnLoop } from './runtime/turn-loop.js';

export interface HealthLimits {
  /** How often the node proves that it can run a turn and commit it. */
  readonly checkIntervalMs: number;
  /** A turn that has not ended by then means no progress. */
  readonly stallMs: number;
}

export interface HealthReport {
  readonly live: boolean;
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

export interface CheckResult {
  readonly ok: boolean;
  /** What is wrong, or worth knowing, in a sentence for operators. */
  readonly detail?: string;
}

/** Something else that makes up the health of a node. */
export interface HealthCheck {
  readonly name: string;
  /** Asked often; must not wait or throw. */
  readonly look: () => CheckResult;
  /** Whether the node is not ready while this is not ok. */
  readonly gatesReadiness: boolean;
}

/**
 * Health by doing: every interval a command goes through a real mailbox, a real turn
 * and a real commit. A commit that fails makes the node not ready and its reads
 * stale; a turn that never ends makes it not live.
 */
export class Health {
  private started = false;
  private draining = false;
  private stopped = false;
  private storageAway = false;
  private beatSinceMs: number | undefined;
  private timer: Timer | undefined;
  private stallTimer: Timer | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly further: HealthCheck[] = [];

  /**
   * @param commit commits something small; rejects when the database does not.
   * @param onStorageAway called at every failed commit, to mend what can be mended.
   */
  constructor(
    private readonly commit: () => Promise<void>,
    private readonly onStorageAway: () => void,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
    private readonly limits: HealthLimits,
  ) {}

  start(): void {
    this.started = true;
    // Whoever watches since before has been told otherwise.
    this.tell();
    this.beat();
  }

  /** Adds a check. Call `changed` when what it says may have changed. */
  include(check: HealthCheck): { readonly changed: () => void } {
    this.further.push(check);
    return {
      changed: () => {
        if (!this.stopped) this.tell();
      },
    };
  }

  /** Not ready from now on. */
  drain(): void {
    this.draining = true;
    this.tell();
  }

  /** Idempotent. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    this.stallTimer?.cancel();
    this.listeners.clear();
  }

  readonly isReady = (): boolean =>
    this.started &&
    !this.draining &&
    !this.storageAway &&
    !this.isStalled() &&
    this.further.every(({ gatesReadiness, look }) => !gatesReadiness || look().ok);

  /** The database does not confirm commits: what is read from memory may be old. */
  readonly isStale = (): boolean => this.storageAway;

  readonly onChange = (changed: () => void): (() => void) => {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  };

  report(): HealthReport {
    const stalled = this.isStalled();
    return {
      live: !stalled,
      ready: this.isReady(),
      checks: {
        turn: stalled
          ? { ok: false, detail: `a turn has not ended for ${String(this.limits.stallMs)} ms` }
          : { ok: true },
        commit: this.storageAway ? { ok: false, detail: 'the database does not confirm commits' } : { ok: true },
        draining: this.draining ? { ok: false, detail: 'this node is stopping' } : { ok: true },
        ...Object.fromEntries(this.further.map(({ name, look }) => [name, look()])),
      },
    };
  }

  /** Watches the real commits too: an outage shows at the first append, not at the next beat. */
  watch<Projection>(writer: JournalWriter<Projection>): JournalWriter<Projection> {
    return {
      appendBatch: async (lane, turns) => {
        try {
          const results = await writer.appendBatch(lane, turns);
          this.setStorageAway(false);
          return results;
        } catch (error) {
          if (error instanceof StorageUnavailable) this.setStorageAway(true);
          throw error;
        }
      },
    };
  }

  private isStalled(): boolean {
    return this.beatSinceMs !== undefined && this.clock.monotonic() - this.beatSinceMs > this.limits.stallMs;
  }

  private beat(): void {
    this.beatSinceMs = this.clock.monotonic();
    const stallTimer = this.clock.after(this.limits.stallMs + 1, () => {
      this.tell();
    });
    this.stallTimer = stallTimer;
    runOneTurn(this.commit, this.clock, this.randomness, (committed) => {
      const wasStalled = this.isStalled();
      this.beatSinceMs = undefined;
      stallTimer.cancel();
      // The database may have been closed under the last beat.
      if (this.stopped) return;
      if (wasStalled) this.tell();
      this.setStorageAway(!committed);
      this.timer = this.clock.after(this.limits.checkIntervalMs, () => {
        this.beat();
      });
    });
  }

  private setStorageAway(away: boolean): void {
    if (away) this.onStorageAway();
    if (this.storageAway === away) return;
    this.storageAway = away;
    this.tell();
  }

  private tell(): void {
    for (const changed of this.listeners) changed();
  }
}

/** A turn of an entity of one event, committed by `commit`. */
function runOneTurn(
  commit: () => Promise<void>,
  clock: Clock,
  randomness: Randomness,
  ended: (committed: boolean) => void,
): void {
  const writer: JournalWriter<never> = {
    appendBatch: (_lane, turns) => commit().then(() => turns.map(() => 'committed' as const)),
  };
  const committer = new Committer(writer, clock, { commitLanes: 1, turnsPerCommit: 1, commitPaceMs: 0 });
  const snapshots = new SnapshotKeeper('health', 0, 0, noSnapshots, clock, silentProbe, {
    snapshotMinEvents: Number.MAX_SAFE_INTEGER,
    snapshotIntervalMs: Number.MAX_SAFE_INTEGER,
  });
  const ports = {
    committer,
    bus: localBus<OwnerNotice<undefined>>(),
    clock,
    randomness,
    probe: silentProbe,
    isRefusal: () => false,
    mayBeOld: () => true,
    epochs: { isHeld: () => Promise.resolve(true) },
  };
  const loop = new TurnLoop(
    'health',
    0,
    heartbeat(),
    ports,
    { mailboxLimit: 1, turnBatchLimit: 1, turnPaceMs: 0, ownershipProofMs: 0 },
    snapshots,
    () => undefined,
  );
  const settle = (outcome: Outcome<'beaten'>): void => {
    ended(outcome.kind === 'answered');
  };
  loop.submit([{ command: 'beat', lane: 'public', deadlineMs: Number.POSITIVE_INFINITY, settle }]);
}

const noSnapshots = { load: () => Promise.resolve([]), save: () => Promise.resolve(true) };

function heartbeat(): Entity<'beat', 'beaten', undefined, never> {
  return {
    revision: 0,
    wakeAtMs: null,
    weight: 0,
    beginTurn: () => undefined,
    handle: () => 'beaten',
    endTurn: () => ({ revision: 1, events: new Uint8Array(), eventCount: 1, projection: undefined, change: undefined }),
    snapshot: () => [],
    restore: () => undefined,
    replay: () => undefined,
    recovered: () => undefined,
  };
}
