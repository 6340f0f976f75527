import { Command } from 'commander';

/** `cinema start`: a node in this process, until a signal stops it. */
export function startCommand(): Command {
  return new Command('start')
    .description('start a node')
    .option('--config <file>', 'configuration file')
    .action(async ({ config }: { readonly config?: string }) => {
      // Only now: a client needs neither the database driver nor the sockets.
      const { runNode } = await import('../main.js');
      await runNode(config === undefined ? {} : { configFile: config });
    });
}
