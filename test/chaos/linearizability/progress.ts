import type { Window } from './replayable.js';

/** Something whose answer is known: it happened at one moment between its invocation and its return. */
export interface Answered<Step> {
  readonly step: Step;
  readonly invokedMs: number;
  readonly returnedMs: number;
}

/** Something that happened at one moment after its invocation, or never. */
export interface Possible<Step> {
  readonly step: Step;
  readonly invokedMs: number;
  /** Nothing that was invoked after this can come before it; Infinity for no such bound. */
  readonly untilMs: number;
  /** Index of the answered step it can only come after. */
  readonly after: number | undefined;
}

export interface Choice {
  readonly of: 'answered' | 'possible';
  readonly index: number;
}

/** Which steps were taken on the way to where a search is, and so which can come next and when. */
export class Progress<Step> {
  private readonly isDone: boolean[];
  private doneCount = 0;
  /** Every answered step before this one is done. */
  private firstOpen = 0;
  /** The latest invocation of the done steps, for each on the way here. */
  private readonly reachedMs: number[] = [];
  private readonly used = new Set<number>();

  /** @param answered by invocation */
  constructor(
    private readonly answered: readonly Answered<Step>[],
    private readonly possible: readonly Possible<Step>[],
  ) {
    this.isDone = answered.map(() => false);
  }

  /** How many answered steps are done. */
  get done(): number {
    return this.doneCount;
  }

  isComplete(): boolean {
    return this.doneCount === this.answered.length;
  }

  stepOf({ of, index }: Choice): Step {
    const found = this[of][index];
    if (found === undefined) throw new RangeError(`no ${of} step ${String(index)}`);
    return found.step;
  }

  /** A step was taken, or taken back. */
  note({ of, index }: Choice, isTaken: boolean): void {
    if (of === 'possible') {
      if (isTaken) this.used.add(index);
      else this.used.delete(index);
      return;
    }
    this.isDone[index] = isTaken;
    const invokedMs = this.answered[index]?.invokedMs ?? 0;
    if (isTaken) this.reachedMs.push(Math.max(this.reachedMs.at(-1) ?? invokedMs, invokedMs));
    else this.reachedMs.pop();
    this.doneCount += isTaken ? 1 : -1;
    if (!isTaken) this.firstOpen = Math.min(this.firstOpen, index);
    else while (this.isDone[this.firstOpen] === true) this.firstOpen += 1;
  }

  /**
   * Answered steps that can come next: invoked before every open one returned; soonest return first.
   * Whatever comes next comes after everything that was done was invoked, and before anything that is open returned.
   */
  open(): { readonly choices: Choice[]; readonly window: Window } {
    const found: number[] = [];
    let byMs = Infinity;
    for (let index = this.firstOpen; index < this.answered.length; index += 1) {
      const step = this.answered[index];
      if (step === undefined || step.invokedMs > byMs) break;
      if (this.isDone[index] === true) continue;
      found.push(index);
      byMs = Math.min(byMs, step.returnedMs);
    }
    const returned = (index: number): number => this.answered[index]?.returnedMs ?? byMs;
    found.sort((a, b) => returned(a) - returned(b));
    const { fromMs } = this;
    return { choices: found.map((index) => ({ of: 'answered', index })), window: { fromMs, byMs } };
  }

  /** When this one of them would happen. */
  windowOf({ of, index }: Choice, { fromMs, byMs }: Window): Window {
    const invokedMs = this[of][index]?.invokedMs ?? fromMs;
    const untilMs = of === 'possible' ? (this.possible[index]?.untilMs ?? byMs) : byMs;
    return { fromMs: Math.max(fromMs, invokedMs), byMs: Math.min(byMs, untilMs) };
  }

  /** Possible steps that were not used and were invoked by the end of the window, be they too late or not. */
  unused({ byMs }: Window): readonly number[] {
    return this.possible.flatMap(({ invokedMs, after }, index) => {
      const isOpen = after === undefined || this.isDone[after] === true;
      return !this.used.has(index) && invokedMs <= byMs && isOpen ? [index] : [];
    });
  }

  isTooLate(possible: number, { fromMs }: Window): boolean {
    return (this.possible[possible]?.untilMs ?? fromMs) < fromMs;
  }

  /** The same where the same answered steps are done and the same possible ones can still come. */
  key(): string {
    const beyond: number[] = [];
    for (let left = this.doneCount - this.firstOpen, index = this.firstOpen; left > 0; index += 1) {
      if (this.isDone[index] !== true) continue;
      beyond.push(index);
      left -= 1;
    }
    // What was not used and now is too late makes no difference.
    const { fromMs } = this;
    const used = [...this.used].filter((index) => (this.possible[index]?.untilMs ?? fromMs) >= fromMs);
    used.sort((a, b) => a - b);
    return `${String(this.firstOpen)} ${beyond.join()} ${used.join()}`;
  }

  private get fromMs(): number {
    return this.reachedMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  }
}
