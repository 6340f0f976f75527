import { MachineUnfit, resultOrUnfit } from './machine.js';
import type { RawRun } from './report/raw-run.js';
import type { Outcome, Scenario } from './scenario.js';

/** Who is told as soon as something is known. */
export interface Listener {
  measured(run: RawRun): Promise<void>;
  unfit(scenario: Scenario, why: MachineUnfit): void;
}

export interface Measurements {
  /** By scenario, of those that could be measured. */
  readonly figures: Readonly<Record<string, Outcome['figures']>>;
  /** Scenarios that could not. */
  readonly unfit: number;
  /** Of all scenarios together. */
  readonly faults: number;
}

/** Measures one after the other. What the machine cannot carry keeps nobody from the rest. */
export async function measureEach(
  scenarios: readonly Scenario[],
  measure: (scenario: Scenario) => Promise<RawRun>,
  listener: Listener,
): Promise<Measurements> {
  const figures: Record<string, Outcome['figures']> = {};
  let unfit = 0;
  let faults = 0;
  for (const scenario of scenarios) {
    const run = await resultOrUnfit(measure(scenario));
    if (run instanceof MachineUnfit) {
      unfit += 1;
      listener.unfit(scenario, run);
      continue;
    }
    figures[scenario.name] = run.outcome.figures;
    faults += run.outcome.faults.length;
    await listener.measured(run);
  }
  return { figures, unfit, faults };
}
