/** Something the person at the keyboard can act on; shown without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Top-level handler of the entry points: a sentence for a SetupError, a stack for a bug. */
export function exitWithError(error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exit(1);
}
