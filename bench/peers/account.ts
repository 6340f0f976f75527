import { HoldTokens } from '../load/hold-tokens.js';
import { latencyHistogram } from '../load/latency.js';

/** Everything that one contender was asked and answered. */
export class Account {
  /** Of the throughput rounds, in microseconds. */
  readonly fullLoadMicros = latencyHistogram();
  /** At the load that is the same for all, in microseconds. */
  readonly equalLoadMicros = latencyHistogram();
  readonly faults: string[] = [];
  accepted = 0;
  refused = 0;
  errors = 0;
  /** Accepted within the throughput rounds, and how long these were; CPU time is that of their warm-ups, too. */
  counted = { accepted: 0, acceptedWithWarmUp: 0, seconds: 0, serverCpuMicros: 0, storeCpuMicros: 0 };
  /** Each round's own throughput. */
  readonly roundRps: number[] = [];
  readonly #tokens = new Map<string, HoldTokens>();

  get rps(): number {
    return this.counted.seconds === 0 ? 0 : this.counted.accepted / this.counted.seconds;
  }

  get tokens(): ReadonlyMap<string, HoldTokens> {
    return this.#tokens;
  }

  add(screeningId: string, run: Run): void {
    this.accepted += run.accepted;
    this.refused += run.refused;
    this.errors += run.errors;
    const ofScreening = this.#tokens.get(screeningId) ?? new HoldTokens();
    ofScreening.addAll(run.tokens);
    this.#tokens.set(screeningId, ofScreening);
  }
}

/** What every kind of load tells. */
export interface Run {
  readonly accepted: number;
  readonly refused: number;
  readonly errors: number;
  readonly tokens: HoldTokens;
}
