import type { Violation } from './checks/violation.js';
import { storyLine, type TraceLine } from './kernel/trace.js';
import { planText } from './scenario/plan.js';
import { runSeed, type RunResult } from './scenario/run.js';
import type { SimulationOptions } from './scenario/simulation.js';

/** Lines of the story that are told of a failure. */
const STORY_LINES = 80;

/** A run that broke an invariant. The message has all it takes to understand it and to run it again. */
export class SeedFailed extends Error {
  override readonly name = 'SeedFailed';
}

/** Runs the seed once more, with the nodes' logs, and tells what happened. The seed comes first. */
export async function failureOf(
  failed: RunResult & { readonly violation: Violation },
  options: SimulationOptions = {},
): Promise<SeedFailed> {
  const { seed } = failed.plan;
  const lines: TraceLine[] = [];
  const again = await runSeed(seed, { ...options, listen: (line) => lines.push(line), logs: true });
  const isSame = again.digest === failed.digest;
  const text = [
    `SEED=${String(seed)}`,
    failed.violation.message,
    '',
    planText(failed.plan),
    '',
    ...lines.slice(-STORY_LINES).map(storyLine),
    '',
    isSame
      ? 'The run was repeated exactly.'
      : 'A SECOND RUN OF THE SEED WENT ANOTHER WAY: something does not come from the seed.',
    `Replay: npm run test:simulation -- --seed ${String(seed)} --trace`,
  ];
  return new SeedFailed(text.join('\n'), { cause: failed.violation });
}

/** @throws SeedFailed */
export async function mustHold(seed: number, options: SimulationOptions = {}): Promise<RunResult> {
  const result = await runSeed(seed, options);
  const { violation } = result;
  if (violation === undefined) return result;
  throw await failureOf({ ...result, violation }, options);
}
