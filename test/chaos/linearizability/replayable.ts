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
