#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { wholeNumber } from './arguments.js';
import { auditoriumCommand } from './auditorium-commands.js';
import { bookingCommands } from './booking-commands.js';
import { changesCommand } from './changes-command.js';
import { clusterCommands } from './cluster-commands.js';
import { failureOf, failureText } from './failure.js';
import { holdCommands } from './hold-commands.js';
import { mapCommand } from './map-command.js';
import { screeningCommand } from './screening-commands.js';
import type { GlobalOptions } from './session.js';
import { startCommand } from './start-command.js';
import { watchCommand } from './watch-command.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * The `cinema` command. Exit code 0: done; 1: refused or failed, said on stderr;
 * 2: the command line is wrong and nothing was asked.
 */
function program(): Command {
  const cinema = new Command('cinema')
    .description('Seats of cinemas: auditoriums, screenings, holds and bookings, and the nodes that serve them.')
    .addOption(new Option('--address <host:port>', 'a node').env('CINEMA_ADDRESS').default('127.0.0.1:50051'))
    .addOption(
      new Option('--http <url>', "the node's HTTP API, for map; usually at the port it says").env('CINEMA_HTTP'),
    )
    .option('--json', 'answer with one line of JSON', false)
    .addOption(new Option('--timeout-ms <n>', 'longest wait for an answer').argParser(wholeNumber(1)));
  const commands = [
    startCommand(),
    auditoriumCommand(),
    screeningCommand(),
    mapCommand(),
    ...holdCommands(),
    ...bookingCommands(),
    watchCommand(),
    changesCommand(),
    ...clusterCommands(),
  ];
  for (const command of commands) cinema.addCommand(command);
  for (const command of everyCommand(cinema)) {
    command.exitOverride().helpOption('--help', 'show this').showHelpAfterError('(--help lists what there is)');
  }
  return cinema;
}

/** Settings are not inherited by commands that were made elsewhere. */
function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

async function main(): Promise<void> {
  // Whoever reads has had enough (`cinema map ... | head`): nothing went wrong.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const cinema = program();
  try {
    // A token may begin with -h, so only the whole word asks for help.
    await cinema.parseAsync(process.argv.map((argument) => (argument === '-h' ? '--help' : argument)));
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
      return;
    }
    const failure = failureOf(error);
    const { json } = cinema.opts<GlobalOptions>();
    process.stderr.write(json ? `${JSON.stringify(failure)}\n` : failureText(failure));
    process.exitCode = EXIT_FAILED;
  }
}

await main();
