import type { Machine } from '../machine.js';
import type { Outcome } from '../scenario.js';

/** What `bench/results/<scenario>.json` holds. */
export interface RawRun {
  readonly scenario: string;
  readonly title: string;
  readonly about: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Short hash, with + when files differed from it. */
  readonly commit: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly outcome: Outcome;
}
