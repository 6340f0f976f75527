import { Progress, type Answered, type Choice, type Possible } from './progress.js';
import type { Replayable, Window } from './replayable.js';

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
  private readonly progress: Progress<Step>;
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
    answered: readonly Answered<Step>[],
    possible: readonly Possible<Step>[],
    /** Of the possible steps: those not only taken where they help. */
    private readonly anywhere: ReadonlySet<number>,
  ) {
    this.progress = new Progress(answered, possible);
  }

  run(configurationsMax: number): SearchResult<Step> {
    this.enter();
    for (;;) {
      if (this.progress.isComplete()) return { kind: 'linearizable', order: this.order() };
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
    const result = this.object.take(this.progress.stepOf(choice), this.progress.windowOf(choice, level.window));
    if (result !== 'taken') {
      level.needy.push(choice);
      // Whom it helps may have become another one: a helper that needs help.
      if (choice.of === 'possible') level.helpersOffered = false;
    }
    if (result === 'impossible') {
      this.object.undo(level.mark);
      return;
    }
    this.progress.note(choice, true);
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
    const { choices, window } = this.progress.open();
    this.levels.push({ window, choices: only ?? choices, needy: [], next: 0, helpersOffered: false, mark: 0 });
  }

  /** Undoes the choice of the topmost level that is under way. */
  private takeBack(): void {
    const level = this.levels.at(-1);
    const choice = level?.choices[level.next - 1];
    if (level === undefined || choice === undefined) return;
    this.object.undo(level.mark);
    this.progress.note(choice, false);
  }

  /** Possible steps that can come next, were not tried here yet, and may help one that is needy or are free to come anywhere. */
  private helpers({ choices, needy, window }: Level): Choice[] {
    if (needy.length === 0 && this.anywhere.size === 0) return [];
    return this.progress.unused(window).flatMap((index): Choice[] => {
      if (this.progress.isTooLate(index, window) || isAmong(choices, index)) return [];
      return this.anywhere.has(index) || this.helpsOne(index, needy) ? [{ of: 'possible', index }] : [];
    });
  }

  private helpsOne(index: number, needy: readonly Choice[]): boolean {
    const step = this.progress.stepOf({ of: 'possible', index });
    return needy.some((choice) => this.object.helps(step, this.progress.stepOf(choice)));
  }

  /** Notes what may have helped, had it come earlier. */
  private noteMissed({ needy, window }: Level): void {
    if (needy.length === 0 || this.progress.done < this.missedAt) return;
    const missed = this.progress.unused(window).filter((index) => {
      const isTooLate = this.progress.isTooLate(index, window) || isAmong(needy, index);
      return isTooLate && !this.anywhere.has(index) && this.helpsOne(index, needy);
    });
    if (missed.length === 0) return;
    this.missed = this.progress.done > this.missedAt ? missed : [...this.missed, ...missed];
    this.missedAt = this.progress.done;
  }

  /** Whether the search has not been here before, with these choices and no others (undefined: every open step). */
  private isNew(only: readonly Choice[] | undefined): boolean {
    const among = only?.map(({ of, index }) => `${of.charAt(0)}${String(index)}`).join();
    const key = `${this.progress.key()} ${among ?? 'any'} ${this.object.fingerprint()}`;
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }

  /** Where it got furthest is where to look for what is wrong. */
  private deadEnd({ choices }: Level): void {
    if (this.levels.length < this.longest.length) return;
    this.longest = this.order();
    this.stuck = choices.filter(({ of }) => of === 'answered').map((choice) => this.progress.stepOf(choice));
  }

  private order(): readonly Step[] {
    return this.levels.flatMap(({ choices, next }) => {
      const choice = choices[next - 1];
      return choice === undefined ? [] : [this.progress.stepOf(choice)];
    });
  }
}

function isAmong(choices: readonly Choice[], possible: number): boolean {
  return choices.some(({ of, index }) => of === 'possible' && index === possible);
}
