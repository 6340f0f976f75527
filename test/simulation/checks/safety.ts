import type { MemoryTables } from '../../../src/storage/memory/index.js';
import type { SeatFrame, SeatMapView } from '../../../src/streams/index.js';
import { questionText, type Answer, type Asked } from '../scenario/asked.js';
import { EPOCH_MS } from '../kernel/host-clock.js';
import type { Kernel } from '../kernel/kernel.js';
import { checkAnswer } from './answers.js';
import { ReadPromises, type ReadLimits, type Reading } from './read-promises.js';
import { checkReadTables } from './read-tables.js';
import type { ScreeningHistory } from './screening-history.js';
import { must, Violation } from './violation.js';
import type { Window } from './window.js';

/** What was open when a question arrived. */
export interface Arrival extends Pick<Window, 'from' | 'earliestMs'> {
  readonly reading: Reading;
}

export interface SafetyLimits extends ReadLimits {
  /** How far any clock is ever from true time. */
  readonly skewMs: number;
}

/**
 * The invariants, checked as things happen: from the tables after every step, and from
 * what is told at the moment it is told. Only the first violation counts; what follows
 * from it may be anything.
 */
export class Safety {
  violation: Violation | undefined;
  private readonly epochs = new Map<string, number>();

  private readonly reads: ReadPromises;

  constructor(
    private readonly histories: ReadonlyMap<string, ScreeningHistory>,
    private readonly tables: MemoryTables,
    private readonly kernel: Kernel,
    private readonly limits: SafetyLimits,
  ) {
    this.reads = new ReadPromises(histories, limits);
  }

  /** A claim took effect. */
  readonly claimed = (screeningId: string, epoch: number): void => {
    this.holds(() => {
      const before = this.epochOf(screeningId);
      must(epoch === before + 1, () => `${screeningId}: epoch ${String(epoch)} was given after ${String(before)}`);
      this.epochs.set(screeningId, epoch);
    });
  };

  /** Reads what the last step wrote. */
  readonly afterStep = (): void => {
    for (const history of this.histories.values()) {
      const rows = this.tables.journals.get(history.screeningId) ?? [];
      if (rows.length === history.revision) continue;
      this.holds(() => {
        must(rows.length > history.revision, () => `${history.screeningId}: the journal lost rows`);
        const epoch = this.epochOf(history.screeningId);
        for (const row of rows.slice(history.revision)) history.append(row, epoch, this.kernel.nowMs);
        checkReadTables(history, this.tables);
      });
    }
  };

  /** A question arrives at a boot of a node. */
  arrived(asked: Asked, bootId: string): Arrival {
    const { nowMs } = this.kernel;
    return {
      from: this.history(asked.screeningId).moment,
      earliestMs: EPOCH_MS + nowMs - this.limits.skewMs,
      reading: this.reads.arrived(bootId, asked, nowMs),
    };
  }

  /** A node answers. */
  told(asked: Asked, arrival: Arrival, answer: Answer): void {
    this.afterStep();
    const history = this.history(asked.screeningId);
    const window = { ...arrival, to: history.moment, latestMs: EPOCH_MS + this.kernel.nowMs + this.limits.skewMs };
    this.holds(
      () => {
        checkAnswer(history, this.epochOf(asked.screeningId), asked, window, answer);
        this.reads.answered(arrival.reading, asked, answer, this.kernel.nowMs);
      },
      `${questionText(asked)}: `,
    );
  }

  /** A node shows a seat map, or has one ready to show. */
  shown(
    { screeningId, epoch, revision, states }: Omit<SeatMapView, 'layout' | 'counts' | 'stale'>,
    where: string,
  ): void {
    this.afterStep();
    this.holds(() => {
      const row = this.history(screeningId).row(revision);
      must(row !== undefined, () => `r${String(revision)} is not in the journal`);
      must(
        states.length === row.states.length && states.every((state, seat) => state === row.states[seat]),
        () => `seats are ${states.join('')} at r${String(revision)}, the journal made ${row.states.join('')}`,
      );
      // Whoever claimed and was overtaken while it recovered has rows of its successor under its own epoch.
      must(epoch <= this.epochOf(screeningId), () => `epoch ${String(epoch)} was never given`);
    }, `${where} shows ${screeningId}: `);
  }

  /** A node tells a viewer where it is. */
  framed(screeningId: string, frame: SeatFrame, where: string): void {
    if (frame.kind === 'snapshot') this.shown(frame.view, where);
    if (frame.kind !== 'delta' && frame.kind !== 'progress') return;
    this.afterStep();
    this.holds(() => {
      const revision = this.history(screeningId).revision;
      must(frame.revision <= revision, () => `a ${frame.kind} names r${String(frame.revision)} of ${String(revision)}`);
    }, `${where} tells a viewer of ${screeningId}: `);
  }

  /** Runs a check; what it throws is the run's violation, unless there was one before. */
  holds(check: () => void, context = ''): void {
    if (this.violation !== undefined) return;
    try {
      check();
    } catch (error) {
      const message = error instanceof Violation ? error.message : `the check failed: ${String(error)}`;
      this.violation = new Violation(context + message, { cause: error });
    }
  }

  epochOf(screeningId: string): number {
    return this.epochs.get(screeningId) ?? 0;
  }

  history(screeningId: string): ScreeningHistory {
    const history = this.histories.get(screeningId);
    if (history === undefined) throw new RangeError(`no screening ${screeningId}`);
    return history;
  }
}
