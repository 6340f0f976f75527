/** When a step happens: no sooner and no later than this. */
export interface Window {
  readonly fromMs: number;
  readonly byMs: number;
}

/** A sequential object that can take steps and take them back. */
export interface Replayable<Step> {
  /**
   * What becomes of the step, were it to happen in this window.
   * - `impossible`: the step cannot be taken here; the state may now be half changed.
   * - `taken`.
   * - `guessed`: taken, by assuming something that a possible step may explain as well.
   */
  take(step: Step, window: Window): 'impossible' | 'taken' | 'guessed';
  mark(): number;
  /** Back to what it was at the mark. */
  undo(mark: number): void;
  /** The same for states that the same steps can follow, and otherwise another one; it may differ more often. */
  fingerprint(): string;
  /**
   * Whether `step` may be possible, or need no guess, because of `possible`, directly, be it
   * now or had it been taken before. When in doubt, true.
   */
  helps(possible: Step, step: Step): boolean;
}

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

export type SearchResult<Step> =
  | { readonly kind: 'linearizable'; readonly order: readonly Step[] }
  /** `longest` is the longest order that led nowhere, `stuck` are the steps one of which had to come next. */
  | { readonly kind: 'impossible'; readonly longest: readonly Step[]; readonly stuck: readonly Step[] }
  /** Given up after as many configurations as were allowed. */
  | { readonly kind: 'undecided' };

/**
 * Looks for an order of steps that the object takes one after the other, in which every
 * answered step comes once and none comes before one that returned before it was invoked;
 * possible steps come at most once. Wing and Gong's search with Lowe's memory of
 * configurations, and with possible steps taken only where they help: directly before a
 * step that needs them. That finds every order in which a possible step that comes before
 * one which does not need it could as well come after it, or not at all.
 *
 * Such a step may also have to come early: until its time is up, or until something else
 * makes it impossible. Where one would have helped and is too late, the search is begun
 * anew with that step to be taken anywhere, for as long as there is one more of them.
 *
 * @param answered by invocation
 * @param configurationsMax bounds time and memory; a configuration costs some 100 bytes
 */
export function linearize<Step>(
  object: Replayable<Step>,
  answered: readonly Answered<Step>[],
  possible: readonly Possible<Step>[],
  configurationsMax: number,
): SearchResult<Step> {
  const anywhere = new Set<number>();
  for (let left = configurationsMax; ;) {
    const search = new Search(object, answered, possible, anywhere);
    const result = search.run(left);
    if (result.kind !== 'impossible' || search.missed.length === 0) return result;
    for (const index of search.missed) anywhere.add(index);
    left -= search.configurations;
  }
}

interface Choice {
  readonly of: 'answered' | 'possible';
  readonly index: number;
}

/** A configuration, and what was tried from it. */
interface Level {
  /** The next step comes after everything that was done was invoked, and before anything that is open returned. */
  readonly window: Window;
  readonly choices: Choice[];
  /** Of the choices: those that were impossible or a guess, so that a possible step before them may help. */
  readonly needy: Choice[];
  next: number;
  /** Possible steps may be taken here, being of help; they are added to the choices last. */
  helpersOffered: boolean;
  /** How to get back to before the choice under way. */
  mark: number;
}

class Search<Step> {
  private readonly isDone: boolean[];
  private doneCount = 0;
  /** Every answered step before this one is done. */
  private firstOpen = 0;
  /** The latest invocation of the done steps, for each on the way here. */
  private readonly reachedMs: number[] = [];
  private readonly used = new Set<number>();
  private readonly seen = new Set<string>();
  configurations = 0;
  /** Possible steps that came too late to help where the search got furthest with any of them. */
  missed: readonly number[] = [];
  private missedAt = -1;
  private readonly levels: Level[] = [];
  private longest: readonly Step[] = [];
  private stuck: readonly Step[] = [];

  constructor(
    private readonly object: Replayable<Step>,
    private readonly answered: readonly Answered<Step>[],
    private readonly possible: readonly Possible<Step>[],
    /** Of the possible steps: those not only taken where they help. */
    private readonly anywhere: ReadonlySet<number>,
  ) {
    this.isDone = answered.map(() => false);
  }

  run(configurationsMax: number): SearchResult<Step> {
    this.enter();
    for (;;) {
      if (this.doneCount === this.answered.length) return { kind: 'linearizable', order: this.order() };
      if (this.configurations > configurationsMax) return { kind: 'undecided' };
      const level = this.levels.at(-1);
      if (level === undefined) return { kind: 'impossible', longest: this.longest, stuck: this.stuck };
      const choice = level.choices[level.next];
      if (choice === undefined) this.exhausted(level);
      else this.try(level, choice);
    }
  }

  private try(level: Level, choice: Choice): void {
    level.next += 1;
    level.mark = this.object.mark();
    const result = this.object.take(this.stepOf(choice), this.windowOf(level, choice));
    if (result !== 'taken') {
      level.needy.push(choice);
      // Whom it helps may have become another one: a helper that needs help.
      if (choice.of === 'possible') level.helpersOffered = false;
    }
    if (result === 'impossible') {
      this.object.undo(level.mark);
      return;
    }
    this.note(choice, true);
    // A possible step is there for the sake of a needy one, so one of those comes next.
    const isForNeedy = choice.of === 'possible' && !this.anywhere.has(choice.index);
    const only = isForNeedy ? level.needy.filter((needy) => needy !== choice) : undefined;
    if (this.isNew(only)) this.enter(only);
    else this.takeBack();
  }

  private exhausted(level: Level): void {
    if (!level.helpersOffered) {
      level.helpersOffered = true;
      level.choices.push(...this.helpers(level));
      if (level.next < level.choices.length) return;
    }
    this.levels.pop();
    this.deadEnd(level);
    this.noteMissed(level);
    this.takeBack();
  }

  /** @param only these may come next; undefined: every open step */
  private enter(only?: Choice[]): void {
    this.configurations += 1;
    const { choices, window } = this.open();
    this.levels.push({ window, choices: only ?? choices, needy: [], next: 0, helpersOffered: false, mark: 0 });
  }

  /** Undoes the choice of the topmost level that is under way. */
  private takeBack(): void {
    const level = this.levels.at(-1);
    const choice = level?.choices[level.next - 1];
    if (level === undefined || choice === undefined) return;
    this.object.undo(level.mark);
    this.note(choice, false);
  }

  /** Answered steps that can come next: invoked before every open one returned; soonest return first. */
  private open(): Pick<Level, 'choices' | 'window'> {
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
    const fromMs = this.reachedMs.at(-1) ?? Number.NEGATIVE_INFINITY;
    return { choices: found.map((index) => ({ of: 'answered', index })), window: { fromMs, byMs } };
  }

  private windowOf({ window: { fromMs, byMs } }: Level, { of, index }: Choice): Window {
    const invokedMs = this[of][index]?.invokedMs ?? fromMs;
    const untilMs = of === 'possible' ? (this.possible[index]?.untilMs ?? byMs) : byMs;
    return { fromMs: Math.max(fromMs, invokedMs), byMs: Math.min(byMs, untilMs) };
  }

  /** Possible steps that can come next, were not tried here yet, and may help one that is needy or are free to come anywhere. */
  private helpers({ choices, needy, window }: Level): Choice[] {
    if (needy.length === 0 && this.anywhere.size === 0) return [];
    return this.possible.flatMap(({ untilMs }, index): Choice[] => {
      if (untilMs < window.fromMs || !this.isUnusedBy(index, window.byMs) || isAmong(choices, index)) return [];
      return this.anywhere.has(index) || this.helpsOne(index, needy) ? [{ of: 'possible', index }] : [];
    });
  }

  private isUnusedBy(index: number, byMs: number): boolean {
    const { invokedMs = Infinity, after } = this.possible[index] ?? {};
    return !this.used.has(index) && invokedMs <= byMs && (after === undefined || this.isDone[after] === true);
  }

  private helpsOne(index: number, needy: readonly Choice[]): boolean {
    const step = this.stepOf({ of: 'possible', index });
    return needy.some((choice) => this.object.helps(step, this.stepOf(choice)));
  }

  /** Notes what may have helped, had it come earlier. */
  private noteMissed({ needy, window }: Level): void {
    if (needy.length === 0 || this.doneCount < this.missedAt) return;
    const missed = this.possible.flatMap(({ untilMs }, index) => {
      if (this.anywhere.has(index) || !this.isUnusedBy(index, window.byMs)) return [];
      const isTooLate = untilMs < window.fromMs || isAmong(needy, index);
      return isTooLate && this.helpsOne(index, needy) ? [index] : [];
    });
    if (missed.length === 0) return;
    this.missed = this.doneCount > this.missedAt ? missed : [...this.missed, ...missed];
    this.missedAt = this.doneCount;
  }

  private stepOf({ of, index }: Choice): Step {
    const found = this[of][index];
    if (found === undefined) throw new RangeError(`no ${of} step ${String(index)}`);
    return found.step;
  }

  private note({ of, index }: Choice, isTaken: boolean): void {
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

  /** Whether the search has not been here before, with these choices and no others (undefined: every open step). */
  private isNew(only: readonly Choice[] | undefined): boolean {
    const beyond: number[] = [];
    for (let left = this.doneCount - this.firstOpen, index = this.firstOpen; left > 0; index += 1) {
      if (this.isDone[index] !== true) continue;
      beyond.push(index);
      left -= 1;
    }
    // What was not used and now is too late makes no difference.
    const fromMs = this.reachedMs.at(-1) ?? Number.NEGATIVE_INFINITY;
    const used = [...this.used].filter((index) => (this.possible[index]?.untilMs ?? fromMs) >= fromMs);
    used.sort((a, b) => a - b);
    const among = only?.map(({ of, index }) => `${of.charAt(0)}${String(index)}`).join();
    const key = `${String(this.firstOpen)} ${beyond.join()} ${used.join()} ${among ?? 'any'} ${this.object.fingerprint()}`;
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }

  /** Where it got furthest is where to look for what is wrong. */
  private deadEnd({ choices }: Level): void {
    if (this.levels.length < this.longest.length) return;
    this.longest = this.order();
    this.stuck = choices.filter(({ of }) => of === 'answered').map((choice) => this.stepOf(choice));
  }

  private order(): readonly Step[] {
    return this.levels.flatMap(({ choices, next }) => {
      const choice = choices[next - 1];
      return choice === undefined ? [] : [this.stepOf(choice)];
    });
  }
}

function isAmong(choices: readonly Choice[], possible: number): boolean {
  return choices.some(({ of, index }) => of === 'possible' && index === possible);
}
