/** Between the arrival of a question at a node and the answer. */
export interface Window {
  /** Events in the journal when it arrived, and when it was answered. */
  readonly from: number;
  readonly to: number;
  /** Wall time that no clock was behind of when it arrived, and ahead of when it was answered; ms since 1970. */
  readonly earliestMs: number;
  readonly latestMs: number;
}
