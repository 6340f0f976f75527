import { createRequire } from 'node:module';

const { reporters, Runner } = createRequire(import.meta.url)('mocha');

/** How long after the last test the process may take to come to rest. */
const REST_MS = 10_000;

/** The spec reporter, a closing line for machines, and a watch on what tests leave running. */
export default class SpecWithTotals extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      // After the epilogue, which Spec prints on the same event.
      setImmediate(() => {
        const skipped = pending > 0 ? `, ${pending} skipped` : '';
        process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
      });
      failWhenNotAtRest();
    });
  }
}

/** Mocha is not told to exit, so that a leak shows; a leak must not hang CI either. */
function failWhenNotAtRest() {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap' && name !== 'PipeWrap');
    process.stderr.write(`The tests left these open: ${open.join(', ')}\n`);
    // Mocha sets the exit code on this event too, to its failures; ours comes later and stays.
    process.once('exit', () => (process.exitCode = 1));
    process.exit(1);
  }, REST_MS).unref();
}
