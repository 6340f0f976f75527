import { parseArgs } from 'node:util';
import { promisesAsMicrotasks } from './kernel/microtasks.js';
import { storyLine } from './kernel/trace.js';
import { mustHold, SeedFailed } from './report.js';

/**
 * npm run test:simulation -- [--seed N [--trace]] [--from N] [--seeds N] [--seconds N]
 *
 * Runs seed after seed until one breaks an invariant, all are done, or the time is up;
 * without options a minute of seeds that nobody has seen. Exit code 1 when one failed.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string' },
    seeds: { type: 'string' },
    seconds: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const DEFAULT_SECONDS = 60;
const SEEDS = 2 ** 32;

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || value >= SEEDS)
    throw new RangeError(`--${name} takes a whole number below 2^32, not ${text}`);
  return value;
}

async function main(): Promise<void> {
  const only = whole('seed', values.seed);
  const seeds = only === undefined ? whole('seeds', values.seeds) : 1;
  const seconds = whole('seconds', values.seconds) ?? (seeds === undefined ? DEFAULT_SECONDS : Infinity);
  const from = only ?? whole('from', values.from) ?? Math.floor(Math.random() * SEEDS);
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const options = values.trace
    ? { listen: (line: Parameters<typeof storyLine>[0]) => say(storyLine(line)), logs: true }
    : {};
  const startMs = performance.now();
  const total = { seeds: 0, steps: 0, virtualMs: 0, rows: 0, answered: 0, refused: 0, failed: 0 };
  const elapsedMs = (): number => performance.now() - startMs;
  let seed = from;
  // A promise of a node's that nobody waits for: a bug, and the seed is needed to find it.
  process.on('unhandledRejection', (error) => {
    say(`SEED=${String(seed)}\nunhandled rejection: ${error instanceof Error ? String(error.stack) : String(error)}`);
    process.exit(1);
  });
  while (total.seeds < (seeds ?? Infinity) && elapsedMs() < seconds * 1_000) {
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
  say(
    `seeds ${String(from)} to ${String(seed)}: no invariant was broken. ${String(total.seeds)} seeds ` +
      `(${perMinute.toFixed(0)} a minute), ${(total.virtualMs / 3_600_000).toFixed(1)} virtual hours, ` +
      `${String(total.steps)} events, ${String(total.rows)} journal rows; ` +
      `${String(total.answered)} answers, ${String(total.refused)} refusals, ${String(total.failed)} failures.`,
  );
}

promisesAsMicrotasks();
try {
  await main();
} catch (error) {
  if (!(error instanceof SeedFailed)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
}
