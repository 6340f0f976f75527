import { pathToFileURL } from 'node:url';
import { keepAllocatorFromChildren } from './allocator.js';
import { ConfigError, loadConfig } from './config/index.js';
import { readArguments, UsageError, type NodeArguments } from './node/arguments.js';
import type { NodeExtras } from './node/parts.js';
import { StartError } from './node/start-error.js';
import { onStopSignals } from './node/stop-signals.js';
import { openNode } from './node.js';
import { dropBindErrorLine } from './transport/grpc/index.js';

const DEFAULT_CONFIG_FILE = 'cluster.config.json';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Whoever starts a node with a channel to it wants it to stop when they are gone, however they went. */
const hasParent = process.connected;

/**
 * Runs one node until a signal asks it to stop: the first drains, a second exits at
 * once. Resolves when the node has started.
 * @param extras for tests
 */
export async function runNode(
  { configFile = DEFAULT_CONFIG_FILE, nodeId }: NodeArguments,
  extras: NodeExtras = {},
): Promise<void> {
  keepAllocatorFromChildren();
  dropBindErrorLine();
  const config = await loadConfig(configFile, process.env, nodeId);
  const exit = (): void => process.exit(EXIT_FAILED);
  // A node that is still on its way, waiting for Redis perhaps, has nothing to finish.
  if (hasParent) process.once('disconnect', exit);
  const node = await openNode(config, extras).finally(() => {
    process.off('disconnect', exit); // who listens keeps the process
  });
  const stop = (): void => {
    // Nothing may keep the process once everything is closed.
    node.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        exit();
      },
    );
  };
  onStopSignals(stop, exit);
  if (hasParent) {
    process.once('disconnect', stop);
    if (!process.connected) stop();
  }
  const { host } = config.node;
  process.stdout.write(
    [
      '',
      `  seats       http://${host}:${String(node.httpPort)}/`,
      `  gRPC        ${host}:${String(node.grpcPort)}`,
      `  health      http://${host}:${String(node.httpPort)}/healthz`,
      `  metrics     http://${host}:${String(node.httpPort)}/metrics`,
      '',
      '',
    ].join('\n'),
  );
}

const isProgram = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isProgram) {
  runProgram().catch((error: unknown) => {
    const expected = error instanceof UsageError || error instanceof ConfigError || error instanceof StartError;
    const text = expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
  });
}

async function runProgram(): Promise<void> {
  await runNode(readArguments(process.argv.slice(2)));
}
