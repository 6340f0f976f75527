import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import type { ActorSystem } from './actor-system.js';
import { Arrivals } from './arrivals.js';
import type { EntityActor, EntityStats } from './entity-actor.js';
import { failed, type Envelope, type Failure } from './envelope.js';
import type { Clock, Timer } from './ports.js';
import type { PassivationReason, RuntimeProbe } from './probe.js';
import { failureOf, isIdle, NoRoom, type Activating, type Ready, type Resident } from './resident.js';

export interface ResidentLimits {
  /** Most entities in memory; beyond it the least recently used leaves first. */
  readonly residentsMax: number;
  /** An entity nobody asked for this long leaves memory. */
  readonly passivateAfterMs: number;
  /** Recoveries under way at once: they compete with commits for the database. */
  readonly recoveriesMax: number;
  /** Most commands waiting for one entity's activation. */
  readonly mailboxLimit: number;
  /** After a failed activation the next one is not tried for this long. */
  readonly activationBackoffMs: number;
}

/** Makes the actor of an entity; `onDropped` is called when it must be destroyed. */
export type CreateActor<Command, Answer> = (
  entityId: string,
  onDropped: () => void,
) => EntityActor<Command, Answer, unknown, unknown>;

/**
 * The entities in this node's memory. A command for one that is not here activates
 * it, once however many commands come; commands wait, bounded, while it activates or
 * leaves.
 */
export class Residents<Command, Answer> {
  private readonly residents = new Map<string, Resident<Command, Answer>>();
  private readonly recoveries: BulkheadPolicy;
  private readonly arrivals: Arrivals<Command, Answer>;
  private sweeper: Timer | undefined;
  private closing: Promise<void> | undefined;
  /** The store refused the final snapshot of an entity: a stop does not try it with thousands of others. */
  private cannotSnapshot = false;

  constructor(
    private readonly system: ActorSystem,
    private readonly createActor: CreateActor<Command, Answer>,
    private readonly clock: Clock,
    private readonly probe: RuntimeProbe,
    private readonly limits: ResidentLimits,
  ) {
    this.arrivals = new Arrivals(clock);
    this.recoveries = bulkhead(limits.recoveriesMax, Number.MAX_SAFE_INTEGER);
  }

  get size(): number {
    return this.residents.size;
  }

  /** Starts letting idle entities go. `close` stops it. */
  start(): void {
    const every = Math.max(100, Math.min(5_000, this.limits.passivateAfterMs / 2));
    const sweep = (): void => {
      this.sweep();
      if (this.closing === undefined) this.sweeper = this.clock.after(every, sweep);
    };
    this.sweeper = this.clock.after(every, sweep);
  }

  /** Brings the command to its entity, or settles its envelope with a failure. Never throws. */
  submit(entityId: string, envelope: Envelope<Command, Answer>): void {
    const resident = this.residents.get(entityId);
    if (resident?.kind === 'ready') {
      this.arrivals.add(resident, envelope);
      return;
    }
    if (this.closing !== undefined) {
      this.fail(envelope, 'draining');
      return;
    }
    switch (resident?.kind) {
      case 'activating':
      case 'leaving':
        if (resident.kind === 'leaving' && resident.isMoving) this.fail(envelope, 'owner-moving');
        else if (resident.waiting.length >= this.limits.mailboxLimit) this.fail(envelope, 'overloaded');
        else resident.waiting.push(envelope);
        return;
      case 'failed':
        if (this.clock.monotonic() < resident.untilMs) this.fail(envelope, resident.failure);
        else this.activate(entityId, [envelope]);
        return;
      case undefined:
        this.activate(entityId, [envelope]);
    }
  }

  /** Activates an entity that has something to do by itself; does nothing when it is here. */
  wake(entityId: string): void {
    if (this.closing === undefined && !this.residents.has(entityId)) this.activate(entityId, []);
  }

  /** Brings the entity into memory; resolves once it is there, or could not be brought. */
  async bringIn(entityId: string): Promise<void> {
    this.wake(entityId);
    const resident = this.residents.get(entityId);
    if (resident?.kind === 'activating') await resident.settled;
  }

  /** Whether the entity is in memory and takes commands. */
  isAtWork(entityId: string): boolean {
    return this.residents.get(entityId)?.kind === 'ready';
  }

  /** Entities that are in memory or on their way in. */
  *ids(): IterableIterator<string> {
    for (const [entityId, { kind }] of this.residents) if (kind === 'ready' || kind === 'activating') yield entityId;
  }

  /**
   * Lets go of an entity that another node takes over: finishes what it has taken and
   * forgets it, without a snapshot. Commands that come meanwhile fail `owner-moving`. Resolves when
   * it is out of memory, at once when it is not in it.
   */
  async release(entityId: string): Promise<void> {
    for (;;) {
      const resident = this.residents.get(entityId);
      if (resident?.kind === 'activating') await resident.settled;
      else if (resident?.kind === 'leaving') await resident.gone;
      else if (resident?.kind === 'ready') await this.leave(entityId, resident, 'moved');
      else return;
    }
  }

  /** Commands that wait for the entity to come into memory or leave it, and its statistics while it is there. */
  stats(entityId: string): { readonly delayed: number; readonly stats: EntityStats | undefined } {
    const resident = this.residents.get(entityId);
    switch (resident?.kind) {
      case 'ready':
        return { delayed: resident.arrivals.length, stats: resident.definition.stats() };
      case 'activating':
      case 'leaving':
        return { delayed: resident.waiting.length, stats: undefined };
      case 'failed':
      case undefined:
        return { delayed: 0, stats: undefined };
    }
  }

  /**
   * Takes no more commands, finishes and snapshots every entity, bounded at a time, as long as
   * snapshots can be stored: the journal has everything. Idempotent.
   */
  close(): Promise<void> {
    this.closing ??= this.drainAll();
    return this.closing;
  }

  private async drainAll(): Promise<void> {
    this.sweeper?.cancel();
    const drains = bulkhead(this.limits.recoveriesMax, Number.MAX_SAFE_INTEGER);
    // Activations under way become ready and are drained in the next round.
    while ([...this.residents.values()].some(({ kind }) => kind !== 'failed')) {
      const ids = [...this.residents.keys()];
      await Promise.all(ids.map((id) => drains.execute(() => this.settleDown(id))));
    }
  }

  private async settleDown(entityId: string): Promise<void> {
    const resident = this.residents.get(entityId);
    if (resident?.kind === 'ready') await this.leave(entityId, resident, 'drain');
    else if (resident?.kind === 'leaving') await resident.gone;
    else if (resident?.kind === 'activating') await resident.settled;
  }

  private activate(entityId: string, waiting: Envelope<Command, Answer>[]): void {
    // In the map before anything else: it counts when room is made.
    const resident: Activating<Command, Answer> = { kind: 'activating', waiting, settled: Promise.resolve() };
    this.residents.set(entityId, resident);
    let dropped = false;
    resident.settled = this.recoveries
      .execute(async () => {
        await this.makeRoom();
        const definition = this.createActor(entityId, () => {
          dropped = true;
          this.drop(entityId, definition);
        });
        return { definition, actor: await this.system.spawn(entityId, definition) };
      })
      .then(
        ({ definition, actor }) => {
          this.residents.set(entityId, {
            kind: 'ready',
            actor,
            definition,
            arrivals: [],
            lastUsedMs: this.clock.monotonic(),
          });
          // It may have acted by itself and failed before anyone knew that it was ready.
          if (dropped) this.drop(entityId, definition);
          for (const envelope of waiting) this.submit(entityId, envelope);
        },
        (error: unknown) => {
          this.activationFailed(entityId, waiting, error);
        },
      );
  }

  private activationFailed(entityId: string, waiting: readonly Envelope<Command, Answer>[], error: unknown): void {
    const failure = failureOf(error);
    const isFault = failure !== 'not-found' && failure !== 'owner-moving';
    if (isFault) this.probe.activationFailed(entityId, error);
    // Remembered for a moment, so that a database that is away is not asked by every command.
    if (!isFault) this.residents.delete(entityId);
    else
      this.residents.set(entityId, {
        kind: 'failed',
        failure,
        untilMs: this.clock.monotonic() + this.limits.activationBackoffMs,
      });
    for (const envelope of waiting) this.fail(envelope, failure);
  }

  /**
   * The actor refused to go on; the next command activates it anew from the journal. One that
   * was let go may say so late, when a snapshot of it is refused: its successor stays.
   */
  private drop(entityId: string, definition: Ready<Command, Answer>['definition']): void {
    const resident = this.residents.get(entityId);
    if (resident?.kind === 'ready' && resident.definition === definition)
      void this.leave(entityId, resident, undefined);
  }

  private async leave(
    entityId: string,
    resident: Ready<Command, Answer>,
    reason: PassivationReason | undefined,
  ): Promise<void> {
    const waiting: Envelope<Command, Answer>[] = [];
    const { definition } = resident;
    if (reason === 'moved' || (reason === 'drain' && this.cannotSnapshot)) definition.endWithoutSnapshot();
    const gone = resident.actor.destroy().then(
      () => {
        // Of a stop alone: an outage long ago says nothing of the store now.
        if (reason === 'drain') this.cannotSnapshot ||= definition.lacksFinalSnapshot;
        if (reason !== undefined) this.probe.passivated(entityId, reason);
      },
      (error: unknown) => {
        this.probe.dropped(entityId, 'destroy failed', error);
      },
    );
    this.residents.set(entityId, { kind: 'leaving', waiting, gone, isMoving: reason === 'moved' });
    await gone;
    this.residents.delete(entityId);
    for (const envelope of waiting) this.submit(entityId, envelope);
  }

  private async makeRoom(): Promise<void> {
    if (this.residents.size <= this.limits.residentsMax) return;
    let oldest: { id: string; resident: Ready<Command, Answer> } | undefined;
    for (const [id, resident] of this.residents) {
      // Only a note that it could not be activated.
      if (resident.kind === 'failed') this.residents.delete(id);
      if (resident.kind !== 'ready' || !isIdle(resident)) continue;
      if (oldest === undefined || resident.lastUsedMs < oldest.resident.lastUsedMs) oldest = { id, resident };
    }
    if (this.residents.size <= this.limits.residentsMax) return;
    if (oldest === undefined) throw new NoRoom(`all ${String(this.limits.residentsMax)} resident entities are busy`);
    await this.leave(oldest.id, oldest.resident, 'cap');
  }

  /** Entities with a hold about to expire stay: they would be back in a moment. */
  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [id, resident] of this.residents) {
      if (resident.kind === 'failed' && now >= resident.untilMs) this.residents.delete(id);
      if (resident.kind !== 'ready' || !isIdle(resident)) continue;
      if (now - resident.lastUsedMs < this.limits.passivateAfterMs) continue;
      const { wakeAtMs } = resident.definition;
      if (wakeAtMs !== null && wakeAtMs - this.clock.now() < 2 * this.limits.passivateAfterMs) continue;
      void this.leave(id, resident, 'idle');
    }
  }

  private fail(envelope: Envelope<Command, Answer>, kind: Failure['kind']): void {
    this.probe.commandFailed(kind);
    envelope.settle(failed(kind));
  }
}
