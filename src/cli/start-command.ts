import { Command } from 'commander';

/** `cinema start`: a node in this process, until a signal stops it. */
export function startCommand(): Command {
  return new Command('start')
    .description('start a node')
    .option('--config <file>', 'configuration file')
    .option('--node <id>', 'which of cluster.nodes it is')
    .action(async ({ config, node }: { readonly config?: string; readonly node?: string }) => {
      // Only now: a client needs neither the database driver nor the sockets.
      const { runNode } = await import('../main.js');
      await runNode({
        ...(config === undefined ? {} : { configFile: config }),
        ...(node === undefined ? {} : { nodeId: node }),
      });
    });
}
