import { once } from 'node:events';
import path from 'node:path';
import { inspect } from 'node:util';
import { loadConfig } from '../config/index.js';
import { onStopSignals } from '../node/stop-signals.js';
import { readClusterArguments, type ClusterArguments } from './arguments.js';
import { openLocalCluster, type ClusterNode, type LocalCluster } from './local-cluster.js';
import { claimFolder } from './one-launcher.js';

/** Beside the data of `npm start`, which the cluster shares unless the configuration says otherwise. */
const FOLDER = path.join('.data', 'cluster');

const USAGE = 'usage: npm run cluster -- [--nodes 1..16] [--ports usual|free] [--config FILE]';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * `npm run cluster`: nodes as processes, Redis and Postgres when the configuration names
 * none, until a signal asks it to stop. Starts nothing again that ended: that is for
 * whoever is trying things out.
 */
async function runCluster({ nodes, ports, configFile }: ClusterArguments): Promise<void> {
  const config = await loadConfig(configFile, { ...process.env, NODE_ID: '' });
  claimFolder(FOLDER);
  const stopping = new AbortController();
  const { signal } = stopping;
  onStopSignals(
    () => {
      say('stopping; again: at once');
      stopping.abort();
    },
    // The nodes hear when this process is gone, and Redis ends with it.
    () => process.exit(EXIT_FAILED),
  );
  const cluster = await openLocalCluster({
    nodes,
    ports,
    folder: FOLDER,
    signal,
    overrides: config,
    log: (source, line) => {
      if (!isOwnAddresses(line)) say(`${source.padEnd('postgres'.length)} | ${line}`);
    },
  });
  for (const node of cluster.nodes) {
    node.onEnd((how) => {
      const why = typeof how === 'number' ? `exit code ${String(how)}` : how;
      if (!signal.aborted) say(`${node.id} ended (${why}); start it again: ${startCommand(node, cluster)}`);
    });
  }
  say(overview(cluster));
  await aborted(signal);
  await cluster.close();
  process.exit(0);
}

/** Keeps the process until then, even when every node has ended. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const stay = setInterval(() => undefined, 60_000);
  await once(signal, 'abort');
  clearInterval(stay);
}

/** What a node prints of itself for people; the overview has it all. */
function isOwnAddresses(line: string): boolean {
  return line === '' || line.startsWith('  ');
}

function overview(cluster: LocalCluster): string {
  const { nodes, redisUrl, redis, postgresUrl, postgres } = cluster;
  const rows = [
    ['node', 'seats', 'gRPC', 'peer link', 'process'],
    ...nodes.map(({ id, httpUrl, grpcAddress, peerAddress, pid = 0 }) => [
      ...[id, `${httpUrl}/`, grpcAddress, peerAddress, String(pid)],
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const table = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  const advice = nodes
    .slice(-1)
    .flatMap((node) => [
      `  kill a node          kill -9 ${String(node.pid ?? '')}`,
      `  and start it again   ${startCommand(node, cluster)}`,
    ]);
  return [
    '',
    ...table,
    '',
    `  Redis     ${withoutPassword(redisUrl)}${redis === undefined ? '' : ', its own; keeps nothing'}`,
    `  Postgres  ${withoutPassword(postgresUrl)}${postgres === undefined ? '' : ', embedded'}`,
    '',
    ...advice,
    '  Ctrl-C stops all that was started here.',
    '',
  ].join('\n');
}

function startCommand({ id }: Pick<ClusterNode, 'id'>, { configFile }: Pick<LocalCluster, 'configFile'>): string {
  return `npm start -- --node ${id} --config ${configFile}`;
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.password = '';
  return url.href;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const args = readClusterArguments(process.argv.slice(2));
if ('problem' in args) {
  process.stderr.write(`${args.problem}\n${USAGE}\n`);
  process.exitCode = EXIT_USAGE;
} else {
  runCluster(args).catch((error: unknown) => {
    const isBug = error instanceof TypeError || error instanceof ReferenceError || !(error instanceof Error);
    process.stderr.write(`${isBug ? inspect(error) : error.message}\n`);
    process.exitCode = EXIT_FAILED;
  });
}
