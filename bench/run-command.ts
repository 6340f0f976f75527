import { CommanderError, type Command } from 'commander';

const EXIT_USAGE = 2;

/** The command line of a benchmark. Exit code 1: the run failed; 2: the command line is wrong and nothing was started. */
export async function runCommand(program: Command): Promise<void> {
  try {
    await program.exitOverride().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}
