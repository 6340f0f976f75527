/** npm run bench:failover: what kills, drains, restarts, joins and forwarding cost the callers of a cluster. */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import { wholeNumber } from '../src/cli/arguments.js';
import { prepareAllocator } from './allocator.js';
import { missedTargets, NO_FIGURES, rounded, together } from './failover/figures.js';
import {
  drainsPart,
  forwardPart,
  killsPart,
  placementPart,
  rollingPart,
  type PartPlan,
  type PartReport,
  type Progress,
} from './failover/parts.js';
import { figureTable, incidentLines } from './failover/table.js';
import { requireRedis } from './redis.js';
import { runCommand } from './run-command.js';
import { openTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';
import { writableFile } from './writable-file.js';

interface Options {
  readonly json?: string;
  readonly samples?: string;
  readonly keep?: string;
  readonly only?: string;
  readonly kills: number;
  readonly drains?: number;
  readonly nodes: number;
  readonly screenings: number;
  readonly rate: number;
  readonly rounds: number;
  readonly placed: number;
  readonly logLevel: 'info' | 'debug';
}

interface Part {
  readonly name: string;
  readonly run: (plan: PartPlan, progress: Progress) => Promise<PartReport>;
  /** What this part has otherwise than the others. */
  readonly own: (options: Options) => Partial<PartPlan>;
}

const PARTS: readonly Part[] = [
  { name: 'kills', run: killsPart, own: () => ({}) },
  { name: 'drain', run: drainsPart, own: () => ({}) },
  { name: 'rolling', run: rollingPart, own: () => ({}) },
  { name: 'forward', run: forwardPart, own: () => ({}) },
  {
    name: 'placement',
    run: placementPart,
    // The last one joins.
    own: ({ nodes, placed }) => ({ nodes: nodes + 1, screenings: placed, seats: 100 }),
  },
];

const SEATS = 400;
const ROUND_SECONDS = 4;
const JOIN_RATE = 200;

const program = new Command('bench:failover')
  .description('Kills, drains, restarts, joins and forwarding in a cluster under load')
  .option('--json <file>', 'write the figures there', writableFile)
  .option('--samples <file>', 'write what the figures were made from there', writableFile)
  .option('--keep <folder>', 'keep the data and the logs of the nodes there; a folder that does not exist yet')
  .addOption(new Option('--only <part>', 'run one part').choices(PARTS.map(({ name }) => name)))
  .option('--kills <n>', 'nodes killed, each in turn', wholeNumber(1), 20)
  .option('--drains <n>', 'nodes drained, each in turn; default: every node once', wholeNumber(1))
  .option('--nodes <n>', 'of the cluster, 2 to 15', wholeNumber(2, 15), 3)
  .option('--screenings <n>', 'on sale', wholeNumber(1), 60)
  .option('--rate <n>', 'commands per second over all of them', wholeNumber(1), 600)
  .option('--rounds <n>', 'owner and other node in turns, this often', wholeNumber(1), 6)
  .option('--placed <n>', 'screenings of the part placement', wholeNumber(1), 10_000)
  .addOption(new Option('--log-level <level>', 'of the nodes').choices(['info', 'debug']).default('info'))
  .action(run);

async function run(options: Options): Promise<void> {
  requireRedis();
  const folder = options.keep === undefined ? openTemporaryFolder('failover') : await folderThatStays(options.keep);
  prepareAllocator();
  const reports: Record<string, PartReport> = {};
  let figures = NO_FIGURES;
  try {
    for (const part of PARTS.filter(({ name }) => (options.only ?? name) === name)) {
      const report = await runPart(part, options, path.join(folder.path, part.name));
      reports[part.name] = report;
      figures = together(figures, report.figures);
    }
  } finally {
    await folder.close();
  }
  const machine = `${String(os.cpus().length)} cores, ${os.cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`;
  const incidents = Object.entries(reports).flatMap(([name, report]) => incidentLines(name, report.incidents));
  process.stdout.write(`\n${[machine, ...figureTable(figures), ...incidents].join('\n')}\n\n`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(rounded(figures), null, 2)}\n`);
  if (options.samples !== undefined) await writeFile(options.samples, `${JSON.stringify(reports, null, 2)}\n`);
  if (missedTargets(figures).length > 0) process.exitCode = 1;
}

async function folderThatStays(folder: string): Promise<TemporaryFolder> {
  // Data of an earlier run in it would be mistaken for this one's.
  await mkdir(folder).catch((error: unknown) => program.error(String(error)));
  return { path: folder, close: () => Promise.resolve() };
}

async function runPart({ name, run: measure, own }: Part, options: Options, folder: string): Promise<PartReport> {
  const bar = new SingleBar({
    format: `${name.padEnd(9)} {bar} {percentage} %  {step}`,
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(1, 0, { step: 'starting a cluster' });
  try {
    const { nodes, screenings, rate, kills, drains = nodes, rounds, logLevel } = options;
    const plan = { nodes, screenings, seats: SEATS, rate, kills, drains, rounds, logLevel, folder };
    return await measure(
      { ...plan, roundSeconds: ROUND_SECONDS, joinRate: JOIN_RATE, ...own(options) },
      (step, done) => {
        bar.update(done, { step });
      },
    );
  } finally {
    bar.stop();
  }
}

await runCommand(program);
