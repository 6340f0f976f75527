import { Command, Option } from 'commander';
import {
  ClusterServiceService as clusterService,
  type ListNodesResponse,
  type Node,
  type RebalanceResponse,
} from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { nodeStateName } from './api-json.js';
import { wholeNumber } from './arguments.js';
import { drained } from './await-drain.js';
import { table } from './output.js';
import { inSession } from './session.js';

const WEIGHT_MAX = 100;

/** `cinema nodes`, `drain`, `weight` and `rebalance`: which node has which part of the screenings. Any node answers. */
export function clusterCommands(): readonly Command[] {
  return [nodesCommand(), drainCommand(), weightCommand(), rebalanceCommand()];
}

function nodesCommand(): Command {
  return new Command('nodes')
    .description('list the nodes of the cluster')
    .action(async (_options: unknown, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const list = await client.call(clusterService.listNodes, {});
        output.answer(list, () => [...nodeTable(list.nodes), ...viewLines(list)]);
      }),
    );
}

function nodeTable(nodes: readonly Node[]): readonly string[] {
  return table(
    ['node', 'state', 'weight', 'share', 'screenings', 'zone', 'grpc', 'http', 'peer', 'problem'],
    nodes.map((node) => [
      node.nodeId,
      nodeStateName(node.state),
      String(node.weight),
      `${(node.share * 100).toFixed(1)} %`,
      node.screenings === undefined ? '?' : String(node.screenings),
      node.zone,
      node.grpcAddress,
      node.httpAddress,
      node.peerAddress,
      node.reachable || node.problem !== '' ? node.problem : 'not reached',
    ]),
  );
}

function viewLines({ viewGeneration, viewVersion, viewProblem }: ListNodesResponse): readonly string[] {
  if (viewGeneration === '') return [viewProblem === '' ? 'no cluster: this node is alone' : `no view: ${viewProblem}`];
  return [viewProblem === '' ? `view ${viewVersion}` : `view ${viewVersion}, may be old: ${viewProblem}`];
}

interface DrainOptions {
  readonly cancel?: boolean;
  readonly wait?: boolean;
}

function drainCommand(): Command {
  return new Command('drain')
    .description("hand a node's screenings to the others and give it no more; it goes on answering")
    .argument('<node>')
    .option('--cancel', 'let it take screenings again')
    .addOption(new Option('--wait', 'until it has none left; Ctrl-C stops waiting, not draining').conflicts('cancel'))
    .action(async (nodeId: string, options: DrainOptions, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const cancel = options.cancel ?? false;
        const answer = await client.call(clusterService.drainNode, { nodeId, cancel });
        if (options.wait === true) {
          const outcome = await output.during(`${nodeId} is draining`, (say) => drained(client, nodeId, say));
          output.answer({ node: outcome.node }, () => [outcome.sentence]);
          return;
        }
        output.answer(answer, () => [
          cancel ? `${nodeId} takes screenings again` : `${nodeId} is draining; cinema nodes shows how far it is`,
        ]);
      }),
    );
}

function weightCommand(): Command {
  return new Command('weight')
    .description("change a node's share of the screenings, relative to the others', until it is started again")
    .argument('<node>')
    .argument('<weight>', `0 to ${WEIGHT_MAX}; 0 takes none and only forwards`, wholeNumber(0, WEIGHT_MAX))
    .action(async (nodeId: string, weight: number, _options: unknown, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const answer = await client.call(clusterService.setNodeWeight, { nodeId, weight });
        output.answer(answer, () => [`${nodeId} has weight ${weight}`]);
      }),
    );
}

function rebalanceCommand(): Command {
  return new Command('rebalance')
    .description('move every screening to the node that should have it')
    .option('--dry-run', 'show what would move, and move nothing')
    .action(async ({ dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const plan = await client.call(clusterService.rebalance, { validateOnly: dryRun });
        output.answer(plan, () => rebalanceLines(plan, dryRun));
      }),
    );
}

function rebalanceLines({ nodes, moves, screenings }: RebalanceResponse, dryRun: boolean): readonly string[] {
  const rows = nodes.map(({ nodeId, holds, owns, gives, takes }) => [
    nodeId,
    ...[holds, owns, gives, takes].map(String),
  ]);
  const verb = dryRun ? 'would move' : 'begin to move';
  return [
    ...(rows.length === 0 ? [] : table(['node', 'has', 'should have', 'gives', 'takes'], rows)),
    moves === 0 ? 'every screening is where it should be' : `${moves} of ${screenings} screenings ${verb}`,
  ];
}
