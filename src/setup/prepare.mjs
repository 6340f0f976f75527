// Brings a checkout to a runnable state and does nothing when it is in one.
// Runs before anything is installed: plain Node, no dependencies.
import './require-node.mjs';
import { fileURLToPath } from 'node:url';
import { withBuildLock } from './build-lock.mjs';
import { compile } from './compile.mjs';
import { generate } from './generate.mjs';
import { install } from './install.mjs';
import { exitWithError } from './setup-error.mjs';

const steps = { install, generate, compile };

/**
 * @param {object} [options]
 * @param {keyof typeof steps} [options.upTo] the last step to take; all by default.
 * @param {boolean} [options.quiet] say nothing unless a step fails.
 * @throws {SetupError} with what the failed tool printed.
 */
export async function prepare({ upTo = 'compile', quiet = false } = {}) {
  const names = Object.keys(steps);
  const wanted = names.slice(0, names.indexOf(upTo) + 1).map((name) => steps[name]);
  if (wanted.every((step) => step.isDone())) return;
  await withBuildLock(async () => {
    for (const step of wanted) {
      // Asked again inside the lock: whoever held it before may have done the step.
      if (step.isDone()) continue;
      const startMs = performance.now();
      await step.run();
      // On stderr, because stdout belongs to the program that is being prepared.
      if (!quiet) process.stderr.write(`${step.name}: ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`);
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await prepare({ upTo: process.argv[2] }).catch(exitWithError);
}
