import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import type { Clock } from '../runtime/index.js';
import type { Member } from './member.js';

export interface HandOffPorts {
  /** Entities in this node's memory. */
  readonly residents: () => Iterable<string>;
  /** Who should have the entity by the view; undefined while there is none. */
  readonly ownerOf: (entityId: string) => Member | undefined;
  readonly selfBootId: string;
  /**
   * Has a peer take an entity over; it asks this node to release it while it does.
   * Resolves once the peer has it. Rejects when it does not take it; it is asked again.
   */
  readonly askToTakeOver: (owner: Member, entityId: string) => Promise<void>;
  /** Drops what is still in memory here although the peer has it; resolves when it is gone. */
  readonly letGo: (entityId: string) => Promise<void>;
  readonly clock: Clock;
  /** Told of each entity that moved, and of each that did not yet. */
  readonly onMoved: (entityId: string, owner: Member, tookMs: number) => void;
  readonly onNotMoved: (entityId: string, owner: Member, error: unknown) => void;
}

export interface HandOffLimits {
  /** Entities that move at once. */
  readonly handOffsMax: number;
  /** Pause between rounds, when some could not be moved. */
  readonly routeRetryMaxMs: number;
}

/**
 * Gives away what is in memory here and belongs elsewhere, `handOffsMax` at a time, round after
 * round until nothing is left. What is not in memory needs no hand-off: its next command
 * finds its way.
 */
export class HandOff {
  private running = false;
  private again = false;
  private stopped = false;
  private readonly moving: BulkheadPolicy;
  private whenDone: (() => void)[] = [];

  constructor(
    private readonly ports: HandOffPorts,
    private readonly limits: HandOffLimits,
  ) {
    this.moving = bulkhead(limits.handOffsMax, Number.MAX_SAFE_INTEGER);
  }

  /** Entities here that belong elsewhere. */
  get misplaced(): number {
    return this.toMove().length;
  }

  /** Call after every change of the view. */
  viewChanged(): void {
    this.again = true;
    if (!this.running && !this.stopped) void this.run();
  }

  /** Resolves true once nothing here belongs elsewhere, false at the deadline. */
  settled(deadlineMs: number): Promise<boolean> {
    if (!this.running && this.toMove().length === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = this.ports.clock.after(deadlineMs - this.ports.clock.now(), () => {
        resolve(false);
      });
      this.whenDone.push(() => {
        timer.cancel();
        resolve(true);
      });
      this.viewChanged();
    });
  }

  /** Starts nothing more; what is moving goes on. Idempotent. */
  stop(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    this.running = true;
    for (;;) {
      this.again = false;
      await Promise.all(this.toMove().map((move) => this.moving.execute(() => this.move(move))));
      if (this.stopped) break;
      // `again` may have been set while moving: the compiler cannot know.
      const left = this.toMove().length > 0;
      if (left) await this.pause();
      else if (!this.viewIsNew()) break;
    }
    this.running = false;
    for (const resolve of this.whenDone.splice(0)) resolve();
  }

  private viewIsNew(): boolean {
    return this.again;
  }

  private toMove(): { readonly entityId: string; readonly owner: Member }[] {
    const moves: { readonly entityId: string; readonly owner: Member }[] = [];
    for (const entityId of this.ports.residents()) {
      const owner = this.ports.ownerOf(entityId);
      if (owner !== undefined && owner.bootId !== this.ports.selfBootId) moves.push({ entityId, owner });
    }
    return moves;
  }

  private async move({ entityId, owner }: { readonly entityId: string; readonly owner: Member }): Promise<void> {
    // The view may have changed while it waited for its place.
    if (this.stopped || this.ports.ownerOf(entityId)?.bootId !== owner.bootId) return;
    const startedMs = this.ports.clock.monotonic();
    try {
      await this.ports.askToTakeOver(owner, entityId);
      // The peer took it before, while this node was cut off, and had nobody to ask.
      if (this.ports.ownerOf(entityId)?.bootId === owner.bootId) await this.ports.letGo(entityId);
      this.ports.onMoved(entityId, owner, this.ports.clock.monotonic() - startedMs);
    } catch (error) {
      this.ports.onNotMoved(entityId, owner, error);
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => this.ports.clock.after(this.limits.routeRetryMaxMs, resolve));
  }
}
