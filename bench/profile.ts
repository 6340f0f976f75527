/** npm run bench:profile: where the time of the hot path goes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Command, Option } from 'commander';
import { wholeNumber } from '../src/cli/arguments.js';
import { prepareAllocator } from './allocator.js';
import { createHall, createScreening } from './box-office.js';
import { runClosedLoop, type LoopResult } from './load/closed-loop.js';
import { runPipelineLoop } from './load/pipeline-loop.js';
import { openRawClient } from './load/raw-client.js';
import { FLOOR_PATH } from './node/floor-service.js';
import { spawnBenchNode, type BenchNode } from './node/spawn-bench-node.js';
import { callTree, hottest } from './profile/call-tree.js';
import { flameGraph } from './profile/flame-graph.js';
import { runCommand } from './run-command.js';
import { openTemporaryFolder } from './temporary-folder.js';

interface Options {
  readonly load: 'hold' | 'execute' | 'floor';
  readonly seconds: number;
  readonly before: number;
  readonly out: string;
}

const HALL_SEATS = 200_000;
const BEFORE_SECONDS = 2;
const CONNECTIONS = 8;
const CALLERS = 512;
const STREAMS = 2;
const PIPELINE = 1_000;
const SHOWN = 25;

const program = new Command('bench:profile')
  .description('Writes a CPU profile (for Chrome or VS Code) and a flame graph of a node under load')
  .addOption(
    new Option('--load <kind>', 'unary HoldSeats, Execute streams, or the unary method that does nothing')
      .choices(['hold', 'execute', 'floor'])
      .default('hold'),
  )
  .option('--seconds <n>', 'of profiling', wholeNumber(1), 3)
  .option(
    '--before <n>',
    'screenings under load for two seconds each before that: code that is warm, a heap in use',
    wholeNumber(0),
    2,
  )
  .option('--out <folder>', 'where to write', 'bench/results/profile')
  .action(run);

async function run(options: Options): Promise<void> {
  // Known now, and not when there is something to write.
  await mkdir(options.out, { recursive: true }).catch((error: unknown) => program.error(String(error)));
  prepareAllocator();
  const folder = openTemporaryFolder('profile');
  try {
    const node = await spawnBenchNode(folder.path);
    try {
      await profileUnderLoad(node, options);
    } finally {
      await node.stop();
    }
  } finally {
    await folder.close();
  }
}

async function profileUnderLoad(node: BenchNode, { load, seconds, before, out }: Options): Promise<void> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => openRawClient(node.grpcAddress)));
  const [first] = clients;
  if (first === undefined) throw new RangeError('no connection');
  await createHall(first, 'synthetic', HALL_SEATS);
  const put = async (forSeconds: number): Promise<LoopResult> => {
    const screeningId = `profile-${randomUUID()}`;
    await createScreening(first, 'synthetic', screeningId);
    const common = { screeningId, firstSeat: 0, seconds: forSeconds };
    if (load === 'floor') return runClosedLoop(clients, { ...common, path: FLOOR_PATH, callers: CALLERS });
    return load === 'hold'
      ? runClosedLoop(clients, { ...common, path: '/cinema.boxoffice.v1.SeatService/HoldSeats', callers: CALLERS })
      : runPipelineLoop({
          ...common,
          path: '/cinema.boxoffice.v1.SeatService/Execute',
          address: node.grpcAddress,
          streams: STREAMS,
          pipeline: PIPELINE,
        });
  };
  for (let each = 0; each < before; each += 1) await put(BEFORE_SECONDS);
  const stop = await node.profile();
  const result = await put(seconds);
  const profile = await stop();
  for (const client of clients) client.close();
  const tree = callTree(profile);
  const title = `${load}: ${String(Math.round(result.accepted / result.seconds))} commands/s`;
  await writeFile(path.join(out, `${load}.cpuprofile`), JSON.stringify(profile));
  await writeFile(path.join(out, `${load}.svg`), flameGraph(tree, title));
  process.stdout.write(`${title}, ${String(result.refused)} refused, ${String(result.errors)} errors\n\n`);
  for (const { name, place, own } of hottest(tree, SHOWN))
    process.stdout.write(`${((100 * own) / tree.samples).toFixed(1).padStart(5)} %  ${name}  ${place}\n`);
  process.stdout.write(`\nWritten to ${out}: ${load}.cpuprofile, ${load}.svg\n`);
  if (result.errors > 0) process.exitCode = 1;
}

await runCommand(program);
