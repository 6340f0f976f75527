import type { ActorDefinition } from './actor-system.js';
import type { Entity } from './entity.js';
import { failed, type Envelope } from './envelope.js';
import type { JournalReader, Ownership, Snapshots } from './ports.js';
import type { Percentiles } from './queue-stats.js';
import { recover } from './recovery.js';
import { SnapshotKeeper, type SnapshotLimits } from './snapshot-keeper.js';
import { TurnLoop, type TurnLimits, type TurnLoopPorts } from './turn-loop.js';

/** There is nothing stored under this id. */
export class UnknownEntity extends Error {
  override readonly name = 'UnknownEntity';
}

export interface EntityActorPorts<Answer, Change, Projection> extends TurnLoopPorts<Answer, Change, Projection> {
  readonly ownership: Ownership;
  readonly journal: JournalReader;
  readonly snapshots: Snapshots;
}

export interface EntityActorLimits extends TurnLimits, SnapshotLimits {}

/** Queue statistics of one entity, in the words of a job queue. */
export interface EntityStats {
  /** Commands in the mailbox, by lane and together. */
  readonly waiting: number;
  readonly lanes: Readonly<Record<Envelope<never, never>['lane'], number>>;
  /** Commands whose turn is being committed. */
  readonly active: number;
  readonly completed: number;
  readonly failed: number;
  readonly refused: number;
  readonly turns: number;
  readonly batchSize: Percentiles;
  readonly commitMs: Percentiles;
  readonly epoch: number;
  readonly revision: number;
}

/**
 * One entity as an actor: raised epoch and recovery before the first message, the
 * turn loop while it lives, drain and final snapshot at its end.
 */
export class EntityActor<Command, Answer, Change, Projection> implements ActorDefinition<Envelope<Command, Answer>[]> {
  private loop: TurnLoop<Command, Answer, Change, Projection> | undefined;
  private takesFinalSnapshot = true;
  /** Once it is destroyed: whether its last snapshot could not be stored. */
  lacksFinalSnapshot = false;

  /**
   * @param createEntity an empty entity; called once per snapshot that is tried.
   * @param onDropped called once when the actor must be destroyed: its commit was refused or its fate unknown.
   */
  constructor(
    private readonly entityId: string,
    private readonly createEntity: () => Promise<() => Entity<Command, Answer, Change, Projection>>,
    private readonly ports: EntityActorPorts<Answer, Change, Projection>,
    private readonly limits: EntityActorLimits,
    private readonly onDropped: () => void,
  ) {}

  /** @throws UnknownEntity, StorageUnavailable, RecoveryRefused */
  async initialize(): Promise<void> {
    const { bus, clock, probe, ownership, journal, snapshots } = this.ports;
    const startedMs = clock.monotonic();
    // Side by side: what an entity is made of does not depend on who owns it, nor does what it once was.
    const [create, stored, claim] = await Promise.all([
      this.createEntity(),
      snapshots.load(this.entityId),
      ownership.claim(this.entityId),
    ]);
    const { entityId, limits } = this;
    if (claim === undefined) throw new UnknownEntity(entityId);
    const { epoch, revision } = claim;
    const { entity, snapshotRevision, replayedTurns } = await recover(entityId, create, stored, journal, revision);
    const keeper = new SnapshotKeeper(
      entityId,
      epoch,
      snapshotRevision,
      snapshots,
      clock,
      probe,
      limits,
      replayedTurns,
    );
    this.loop = new TurnLoop(this.entityId, epoch, entity, this.ports, this.limits, keeper, this.onDropped);
    bus.publish(this.entityId, { epoch, revision: entity.revision, change: undefined });
    probe.activated(this.entityId, epoch, replayedTurns, clock.monotonic() - startedMs);
  }

  receive(envelopes: readonly Envelope<Command, Answer>[]): void {
    if (this.loop !== undefined) this.loop.submit(envelopes);
    else for (const envelope of envelopes) envelope.settle(failed('owner-moving'));
  }

  /** Its end is in a hurry: another node waits to go on with it, or snapshots cannot be stored. Call before it is destroyed. */
  endWithoutSnapshot(): void {
    this.takesFinalSnapshot = false;
  }

  async destroy(): Promise<void> {
    this.lacksFinalSnapshot = (await this.loop?.drain(this.takesFinalSnapshot)) === false;
  }

  metrics(): object {
    return this.stats() ?? {};
  }

  /** Since it was activated; undefined before that. */
  stats(): EntityStats | undefined {
    const loop = this.loop;
    if (loop === undefined) return undefined;
    const { completed, failed: failures, refused, turns, active } = loop.stats;
    return {
      waiting: loop.waiting,
      lanes: { finish: loop.depth('finish'), staff: loop.depth('staff'), public: loop.depth('public') },
      active,
      completed,
      failed: failures,
      refused,
      turns,
      ...loop.stats.percentiles(),
      epoch: loop.epoch,
      revision: loop.revision,
    };
  }

  /** When it next has to act by itself; null for never. */
  get wakeAtMs(): number | null {
    return this.loop?.wakeAtMs ?? null;
  }

  /** Nothing waits and nothing is being committed. */
  get isIdle(): boolean {
    return this.loop === undefined || (this.loop.waiting === 0 && this.loop.stats.active === 0);
  }
}
