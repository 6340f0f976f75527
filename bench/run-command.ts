import { CommanderError, type Command } from 'commander';
import { endOnSignals, isInterrupted } from './interruption.js';
import { MachineUnfit } from './machine.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * The command line of a benchmark. Exit code 1: the run failed; 2: the command line is wrong and nothing was started.
 * A sentence for what the reader can mend; a stack for what is a bug of ours. Interrupted, it closes what is open.
 */
export async function runCommand(program: Command): Promise<void> {
  endOnSignals();
  try {
    await program.exitOverride().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
      return;
    }
    if (isInterrupted()) return;
    if (!(error instanceof MachineUnfit)) throw error;
    process.stderr.write(`No figures: ${error.message}.\n`);
    process.exitCode = EXIT_FAILED;
  }
}
