import { readSimulationArguments, SEEDS, type SimulationArguments } from './arguments.js';
import { promisesAsMicrotasks } from './kernel/microtasks.js';
import { storyLine } from './kernel/trace.js';
import { mustHold, SeedFailed } from './report.js';

const USAGE = 'usage: npm run test:simulation -- [--seed N | [--from N] [--seeds N]] [--seconds N] [--trace]';

const EXIT_RED = 1;
const EXIT_USAGE = 2;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * `npm run test:simulation`: runs seed after seed until one breaks an invariant, all are
 * done, or the time is up.
 * @throws SeedFailed
 */
async function run({
  from = Math.floor(Math.random() * SEEDS),
  seeds,
  seconds,
  trace,
}: SimulationArguments): Promise<void> {
  const options = trace ? { listen: (line: Parameters<typeof storyLine>[0]) => say(storyLine(line)), logs: true } : {};
  const startMs = performance.now();
  const total = { seeds: 0, steps: 0, virtualMs: 0, rows: 0, answered: 0, refused: 0, failed: 0 };
  const elapsedMs = (): number => performance.now() - startMs;
  let seed = from;
  // A promise of a node's that nobody waits for: a bug, and the seed is needed to find it.
  process.on('unhandledRejection', (error) => {
    say(`SEED=${String(seed)}\nunhandled rejection: ${error instanceof Error ? String(error.stack) : String(error)}`);
    process.exit(EXIT_RED);
  });
  while (total.seeds < seeds && elapsedMs() < seconds * 1_000) {
    seed = (from + total.seeds) % SEEDS;
    const { steps, tookMs, rows, answered, refused, failed } = await mustHold(seed, options);
    total.seeds += 1;
    total.steps += steps;
    total.virtualMs += tookMs;
    total.rows += rows;
    total.answered += answered;
    total.refused += refused;
    total.failed += failed;
  }
  const perMinute = (total.seeds / elapsedMs()) * 60_000;
  const [which, amount] =
    total.seeds === 1
      ? [`seed ${String(from)}`, '1 seed']
      : [`seeds ${String(from)} to ${String(seed)}`, `${String(total.seeds)} seeds`];
  say(
    `${which}: no invariant was broken. ${amount} ` +
      `(${perMinute.toFixed(0)} a minute), ${(total.virtualMs / 3_600_000).toFixed(1)} virtual hours, ` +
      `${String(total.steps)} events, ${String(total.rows)} journal rows; ` +
      `${String(total.answered)} answers, ${String(total.refused)} refusals, ${String(total.failed)} failures.`,
  );
}

const args = readSimulationArguments(process.argv.slice(2));
if ('problem' in args) {
  process.stderr.write(`${args.problem}\n${USAGE}\n`);
  process.exit(EXIT_USAGE);
}
promisesAsMicrotasks();
try {
  await run(args);
} catch (error) {
  if (!(error instanceof SeedFailed)) throw error;
  say(error.message);
  process.exitCode = EXIT_RED;
}
