import type { Committer } from './committer.js';
import type { EpochCheck } from './epoch-check.js';
import type { OwnerNotice, Entity, EntityTurn } from './entity.js';
import { failed, type Envelope, type Failure } from './envelope.js';
import { Mailbox } from './mailbox.js';
import type { Bus, Clock, Randomness, Timer } from './ports.js';
import type { RuntimeProbe } from './probe.js';
import { QueueStats } from './queue-stats.js';
import type { SnapshotKeeper } from './snapshot-keeper.js';

export interface TurnLimits {
  /** Most commands waiting for one entity. */
  readonly mailboxLimit: number;
  /** Most commands of one turn: bounds the journal row and how long deciding holds up the node. */
  readonly turnBatchLimit: number;
  /**
   * Longest time from the start of a busy turn to the next. A commit costs the same for
   * one command as for a hundred, so turns that follow each other as fast as the disk
   * allows spend the node on commits. The wait grows with the turn, so that only a
   * screening near what the node can carry reaches it, and one with few callers never
   * waits.
   */
  readonly turnPaceMs: number;
  /** Answers that may be old come from an entity that has proved within this time that it is owned here. */
  readonly ownershipProofMs: number;
}

/** Commands from which on a turn counts as busy: fewer callers at once would notice the wait more than the gain. */
const BUSY_TURN = 8;

/** Wait for each command of a busy turn: a screening that gets less than 4,000 a second settles at short turns. */
const PACE_PER_COMMAND_MS = 0.25;

export interface TurnLoopPorts<Answer, Change, Projection> {
  readonly committer: Committer<Projection>;
  readonly epochs: Pick<EpochCheck, 'isHeld'>;
  readonly bus: Bus<OwnerNotice<Change>>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly probe: RuntimeProbe;
  /** Whether an answer is a "no"; for statistics only. */
  readonly isRefusal: (answer: Answer) => boolean;
  /** Whether an answer may be older than it seems, because whoever gets it orders it by epoch and revision. */
  readonly mayBeOld: (answer: Answer) => boolean;
}

/**
 * The single writer of one entity. Each turn takes what is waiting, decides it in
 * order, makes the events durable in one journal row, and only then publishes and
 * answers. While it commits, arrivals queue and become the next turn: batches grow
 * under load and are of size one when idle, with no timer.
 *
 * When a commit is refused or its outcome unknown, the loop tells nobody success,
 * answers everyone with the failure and asks to be dropped; the working state is lost
 * on purpose.
 */
export class TurnLoop<Command, Answer, Change, Projection> {
  readonly stats = new QueueStats();
  private readonly mailbox: Mailbox<Command, Answer>;
  private running = false;
  private stopped: Failure['kind'] | undefined;
  private wakeTimer: { readonly atMs: number; readonly timer: Timer } | undefined;
  private whenIdle: (() => void)[] = [];
  /** When a proof of ownership that succeeded was begun; monotonic. A claim is none: recovery may have taken long. */
  private provenAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly entityId: string,
    readonly epoch: number,
    private readonly entity: Entity<Command, Answer, Change, Projection>,
    private readonly ports: TurnLoopPorts<Answer, Change, Projection>,
    private readonly limits: TurnLimits,
    private readonly snapshots: SnapshotKeeper,
    /** Called once when the loop must be thrown away. */
    private readonly onDropped: () => void,
  ) {
    this.mailbox = new Mailbox(limits.mailboxLimit);
    this.armWakeUp();
  }

  /** Takes each command, or refuses it at once through its envelope. Never throws. */
  submit(envelopes: readonly Envelope<Command, Answer>[]): void {
    for (const envelope of envelopes) {
      if (this.stopped !== undefined) this.fail(envelope, this.stopped);
      else if (!this.mailbox.offer(envelope)) this.fail(envelope, 'overloaded');
    }
    if (this.mailbox.size > 0) this.start();
  }

  get waiting(): number {
    return this.mailbox.size;
  }

  depth(lane: Envelope<Command, Answer>['lane']): number {
    return this.mailbox.depth(lane);
  }

  get revision(): number {
    return this.entity.revision;
  }

  get wakeAtMs(): number | null {
    return this.entity.wakeAtMs;
  }

  /**
   * Takes no more commands and finishes those it has; then, if it is to, snapshots.
   * Whoever goes on without one reads the tail of the journal. False when the snapshot
   * could not be stored. Idempotent.
   */
  async drain(withSnapshot = true): Promise<boolean> {
    this.stopped ??= 'owner-moving';
    this.wakeTimer?.timer.cancel();
    await this.idle();
    return this.isSound() && withSnapshot ? this.snapshots.takeFinal(this.entity) : true;
  }

  private dropped = false;

  private isSound(): boolean {
    return !this.dropped;
  }

  private idle(): Promise<void> {
    if (!this.running) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  private start(): void {
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    do {
      const startedMs = this.ports.clock.monotonic();
      const served = await this.turn();
      if (served >= BUSY_TURN) {
        const paceMs = Math.min(this.limits.turnPaceMs, served * PACE_PER_COMMAND_MS);
        await this.pause(startedMs + paceMs - this.ports.clock.monotonic());
      }
    } while (this.mailbox.size > 0 && this.isSound());
    this.running = false;
    this.armWakeUp();
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  private pause(forMs: number): Promise<void> {
    if (forMs <= 0 || this.stopped !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.ports.clock.after(forMs, resolve));
  }

  /** Answers how many commands it served. */
  private async turn(): Promise<number> {
    const { clock, randomness } = this.ports;
    const nowMs = clock.now();
    const served = this.takeInTime(nowMs);
    let answers: readonly Answer[];
    let turn: EntityTurn<Change, Projection> | undefined;
    try {
      this.entity.beginTurn(nowMs);
      answers = served.map(({ command }) => this.entity.handle(command, randomness.token()));
      turn = this.entity.endTurn();
    } catch (error) {
      // A bug: whatever the state is now, it must not be built upon.
      this.drop(served, 'internal', 'bug', error);
      return served.length;
    }
    if (!(await (turn === undefined ? this.prove(served, answers) : this.commit(turn, served)))) return served.length;
    // Before anyone is answered: what others keep of the state from before must be on its way out by then.
    if (turn !== undefined)
      this.ports.bus.publish(this.entityId, { epoch: this.epoch, revision: turn.revision, change: turn.change });
    this.tell(served, answers);
    if (turn !== undefined) {
      this.snapshots.afterTurn(this.entity, turn.eventCount, () => {
        this.drop([], 'owner-moving', 'snapshot fenced');
      });
    }
    return served.length;
  }

  /** The next batch, without the commands whose deadline passed while they waited. */
  private takeInTime(nowMs: number): Envelope<Command, Answer>[] {
    const batch = this.mailbox.take(this.limits.turnBatchLimit);
    const isLate = ({ deadlineMs }: Envelope<Command, Answer>): boolean => deadlineMs <= nowMs;
    if (!batch.some(isLate)) return batch;
    for (const envelope of batch.filter(isLate)) this.fail(envelope, 'deadline-exceeded');
    return batch.filter((envelope) => !isLate(envelope));
  }

  /**
   * True once it is sure that answers which change nothing come from the owner. An
   * append proves that by itself; this turn has none. Answers that may be old need a proof
   * too, though not each: an idle entity that was taken away and given back would answer
   * from its old state for as long as nobody buys.
   */
  private async prove(served: readonly Envelope<Command, Answer>[], answers: readonly Answer[]): Promise<boolean> {
    const mayBeOld = answers.every((answer) => this.ports.mayBeOld(answer));
    const startedMs = this.ports.clock.monotonic();
    if (mayBeOld && startedMs - this.provenAtMs <= this.limits.ownershipProofMs) return true;
    this.stats.active = served.length;
    try {
      if (await this.ports.epochs.isHeld(this.entityId, this.epoch)) {
        this.provenAtMs = startedMs;
        return true;
      }
      this.drop(served, 'owner-moving', 'fenced');
    } catch {
      // Nothing was at stake: the state is that of the last commit, and stays. Whoever takes
      // what may be old goes on without the database.
      if (mayBeOld) return true;
      for (const envelope of served) this.fail(envelope, 'storage-unavailable');
    } finally {
      this.stats.active = 0;
    }
    return false;
  }

  /** True once the turn is durable; otherwise everyone was told and the loop is dropped. */
  private async commit(
    turn: EntityTurn<Change, Projection>,
    served: readonly Envelope<Command, Answer>[],
  ): Promise<boolean> {
    const startedMs = this.ports.clock.monotonic();
    this.stats.active = served.length;
    try {
      const result = await this.ports.committer.append({
        entityId: this.entityId,
        epoch: this.epoch,
        revision: turn.revision,
        events: turn.events,
        wakeAtMs: this.entity.wakeAtMs,
        projection: turn.projection,
      });
      if (result !== 'committed') {
        this.drop(served, 'owner-moving', result);
        return false;
      }
    } catch (error) {
      this.drop(served, 'storage-unavailable', 'commit failed', error);
      return false;
    } finally {
      this.stats.active = 0;
    }
    this.provenAtMs = startedMs;
    const commitMs = this.ports.clock.monotonic() - startedMs;
    this.stats.turnCommitted(served.length, commitMs);
    this.ports.probe.turnCommitted(served.length, turn.eventCount, commitMs);
    return true;
  }

  private tell(served: readonly Envelope<Command, Answer>[], answers: readonly Answer[]): void {
    for (const [index, envelope] of served.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (this.ports.isRefusal(answer)) this.stats.refused += 1;
      else this.stats.completed += 1;
      envelope.settle({ kind: 'answered', answer, epoch: this.epoch });
    }
  }

  private fail(envelope: Envelope<Command, Answer>, kind: Failure['kind']): void {
    this.stats.failed += 1;
    this.ports.probe.commandFailed(kind);
    envelope.settle(failed(kind));
  }

  /** Those whose turn failed learn why; those who only waited may ask again. */
  private drop(
    served: readonly Envelope<Command, Answer>[],
    kind: Failure['kind'],
    reason: string,
    error?: unknown,
  ): void {
    for (const envelope of served) this.fail(envelope, kind);
    // A snapshot may have been fenced while this turn was being committed.
    if (this.dropped) return;
    this.dropped = true;
    this.stopped = 'owner-moving';
    this.wakeTimer?.timer.cancel();
    this.ports.probe.dropped(this.entityId, reason, error);
    for (const envelope of this.mailbox.take(this.mailbox.size))
      this.fail(envelope, kind === 'internal' ? 'owner-moving' : kind);
    this.onDropped();
  }

  /** One timer per entity, for the next thing it has to do by itself. */
  private armWakeUp(): void {
    const atMs = this.stopped === undefined ? this.entity.wakeAtMs : null;
    if (this.wakeTimer?.atMs === atMs) return;
    this.wakeTimer?.timer.cancel();
    this.wakeTimer = undefined;
    if (atMs === null) return;
    const timer = this.ports.clock.after(atMs - this.ports.clock.now(), () => {
      this.wakeTimer = undefined;
      if (this.stopped === undefined) this.start();
    });
    this.wakeTimer = { atMs, timer };
  }
}
