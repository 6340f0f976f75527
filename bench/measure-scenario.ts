import { fileURLToPath } from 'node:url';
import { SingleBar } from 'cli-progress';
import { commitOf } from './commit.js';
import { lookAtMachine, watchMachine } from './machine.js';
import type { RawRun } from './report/raw-run.js';
import type { Scenario } from './scenario.js';
import { openTemporaryFolder } from './temporary-folder.js';

/** Seen from dist/bench. */
const checkout = fileURLToPath(new URL('../../', import.meta.url));

export interface MeasureOptions {
  readonly isShort: boolean;
  /** Told of each fault where there is no run to have it. */
  readonly onFault: (fault: string) => void;
  /** As `watchMachine`. For tests. */
  readonly watch?: () => () => void;
}

/** @throws MachineUnfit when the machine did not stay what it was: then there are no figures */
export async function measureScenario(
  scenario: Scenario,
  { isShort, onFault, watch = watchMachine }: MeasureOptions,
): Promise<RawRun> {
  const folder = openTemporaryFolder(`bench-${scenario.name}`);
  const bar = new SingleBar({
    format: `${scenario.name.padEnd(12)} {bar} {percentage} %  {step}`,
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(1, 0, { step: 'starting' });
  const startedAt = new Date();
  const startedMs = performance.now();
  try {
    const requireUnchanged = watch();
    const outcome = await scenario.run({
      home: folder.path,
      isShort,
      progress: (step, done) => {
        bar.update(done, { step });
      },
    });
    bar.stop();
    try {
      requireUnchanged();
    } catch (error) {
      // Seats are not sold twice by a machine that was slow.
      for (const fault of outcome.faults) onFault(fault);
      throw error;
    }
    return {
      scenario: scenario.name,
      title: scenario.title,
      about: scenario.about,
      startedAt: startedAt.toISOString(),
      commit: commitOf(checkout),
      seconds: (performance.now() - startedMs) / 1_000,
      machine: lookAtMachine(),
      outcome,
    };
  } finally {
    bar.stop();
    await folder.close();
  }
}
