import type { Clock, Timer } from '../runtime/index.js';
import { isOfHall, type OwnerState } from './owner-state.js';
import type { SeatMapReplica } from './seat-map-replica.js';

export interface CatchUpLimits {
  /** First pause before an owner that did not answer is asked again; it doubles up to `progressIntervalMs`. */
  readonly ownerRetryMs: number;
  /** Pause before the owner is asked again after it told what the bus had not; it doubles while there is nothing new. */
  readonly busAwayPollMs: number;
  /** How often a replica that somebody watches is compared with its owner. */
  readonly progressIntervalMs: number;
}

export interface CatchUpPorts {
  /** Asks the owner; settles within about progressIntervalMs. */
  readonly askOwner: (knownRevision: number) => Promise<OwnerState>;
  readonly clock: Clock;
  readonly isWatched: () => boolean;
  /** The replica jumped from a revision to where it is now; these seats differ. */
  readonly jumped: (seats: readonly number[], fromRevision: number) => void;
}

interface Position {
  readonly epoch: number;
  readonly revision: number;
}

interface Waiter {
  readonly at: Position;
  readonly settle: (reached: boolean) => void;
}

/**
 * Brings a replica to where its owner is by asking: when changes are missing or may be,
 * every few moments while somebody watches, and, should the bus have gone quiet,
 * instead of it. One question at a time.
 */
export class CatchUp {
  private isAsking = false;
  /** Something may be missing that the answer under way does not have. */
  private again = false;
  private timer: Timer | undefined;
  private retryMs: number;
  private pollMs = Infinity;
  /** Newest revision the bus told of. */
  private toldRevision = 0;
  private failingSinceMs: number | undefined;
  private currentAtMs: number;
  private readonly waiters = new Set<Waiter>();
  private isClosed = false;

  constructor(
    private readonly replica: SeatMapReplica,
    private readonly ports: CatchUpPorts,
    private readonly limits: CatchUpLimits,
  ) {
    this.retryMs = limits.ownerRetryMs;
    this.currentAtMs = ports.clock.monotonic();
  }

  /**
   * The owner has not answered for so long that the replica may be old. Changes that come
   * over the bus are its word as well: after an outage they may arrive before any answer.
   */
  get isLate(): boolean {
    if (this.failingSinceMs === undefined) return false;
    const silentSinceMs = Math.max(this.failingSinceMs, this.currentAtMs);
    return this.ports.clock.monotonic() - silentSinceMs >= this.limits.progressIntervalMs;
  }

  /** The owner said not long ago that the replica is where it is, or brought it there. */
  get isCurrent(): boolean {
    return this.ports.clock.monotonic() - this.currentAtMs <= this.limits.progressIntervalMs;
  }

  /** The bus told of a revision. `followed`: the replica is there; `gap`: it cannot get there without the owner. */
  told(revision: number, outcome: 'followed' | 'gap' | 'old'): void {
    this.toldRevision = Math.max(this.toldRevision, revision);
    if (outcome === 'gap') this.ask();
    if (outcome !== 'followed') return;
    this.currentAtMs = this.ports.clock.monotonic();
    this.settleReached();
  }

  /** Something was missed, or may have been. An answer under way may not have it, so the owner is asked once more then. */
  missed(): void {
    this.again = true;
    this.ask();
  }

  /** Every progressIntervalMs: is it still where the owner is? */
  tick(): void {
    if (this.ports.isWatched() || this.again) this.ask();
  }

  /**
   * True once the replica is where the holder of a token has been, or its owner says
   * that it is newer than the token and never was there. False at the deadline.
   */
  reach(at: Position, deadlineMs: number): Promise<boolean> {
    if (this.isAt(at)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = this.ports.clock.after(deadlineMs - this.ports.clock.now(), () => {
        waiter.settle(false);
      });
      const waiter: Waiter = {
        at,
        settle: (reached) => {
          timer.cancel();
          this.waiters.delete(waiter);
          resolve(reached);
        },
      };
      this.waiters.add(waiter);
      this.missed();
    });
  }

  /** Idempotent. */
  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    for (const waiter of this.waiters) waiter.settle(false);
  }

  private ask(): void {
    if (this.isAsking || this.isClosed) return;
    this.timer?.cancel();
    this.isAsking = true;
    this.again = false;
    const startedMs = this.ports.clock.monotonic();
    const toldBefore = this.toldRevision;
    const waiting = [...this.waiters];
    this.ports.askOwner(this.replica.revision).then(
      (state) => {
        this.isAsking = false;
        if (this.isClosed) return;
        if (state.epoch < this.replica.ownerEpoch || !isOfHall(state, this.replica.layout)) this.failed(startedMs);
        else this.answered(state, startedMs, toldBefore, waiting);
      },
      () => {
        this.isAsking = false;
        if (!this.isClosed) this.failed(startedMs);
      },
    );
  }

  private answered(state: OwnerState, startedMs: number, toldBefore: number, waiting: readonly Waiter[]): void {
    const from = this.replica.revision;
    const isNews = state.revision > Math.max(this.toldRevision, from);
    const seats = this.replica.replace(state);
    if (this.replica.revision > from) this.ports.jumped(seats, from);
    this.failingSinceMs = undefined;
    this.currentAtMs = Math.max(this.currentAtMs, startedMs);
    // This owner is no older than the one they have seen and was asked after they came: it would know.
    for (const waiter of waiting) if (state.epoch >= waiter.at.epoch) waiter.settle(true);
    this.settleReached();
    if (this.again || this.toldRevision > Math.max(toldBefore, this.replica.revision)) this.ask();
    else if (this.waiters.size > 0) this.askLater();
    else this.pollUnlessTold(isNews);
  }

  /** There was no answer, or one of a former owner. Viewers are told after a while that the map may be old. */
  private failed(startedMs: number): void {
    this.failingSinceMs ??= startedMs;
    this.again = true;
    this.askLater();
  }

  private askLater(): void {
    this.timer = this.ports.clock.after(this.retryMs, () => {
      this.ask();
    });
    this.retryMs = Math.min(2 * this.retryMs, this.limits.progressIntervalMs);
  }

  /** The owner knew what the bus had not told. Unless it tells after all, it is away, and the owner is asked instead. */
  private pollUnlessTold(isNews: boolean): void {
    this.retryMs = this.limits.ownerRetryMs;
    this.pollMs = isNews ? this.limits.busAwayPollMs : 2 * this.pollMs;
    if (this.pollMs >= this.limits.progressIntervalMs) return;
    const { revision } = this.replica;
    this.timer = this.ports.clock.after(this.pollMs, () => {
      if (this.toldRevision < revision && this.ports.isWatched()) this.ask();
    });
  }

  private settleReached(): void {
    for (const waiter of this.waiters) if (this.isAt(waiter.at)) waiter.settle(true);
  }

  private isAt({ epoch, revision }: Position): boolean {
    return this.replica.epoch >= epoch && this.replica.revision >= revision;
  }
}
