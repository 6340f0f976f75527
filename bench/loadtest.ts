/** npm run loadtest: durable holds on one hot screening against the floor, and what a screening costs. */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { allocatorOfNodes } from '../src/allocator.js';
import { wholeNumber } from '../src/cli/arguments.js';
import { prepareAllocator } from './allocator.js';
import { letGarbageGrow } from './collect-garbage.js';
import { measureHotByGhz, whyNoGhz, type HotByGhz } from './ghz/hot-by-ghz.js';
import { hotFaults } from './hot-faults.js';
import { HALL, measureHotScreening, type HotScreeningResult } from './hot-screening.js';
import { MachineUnfit, resultOrUnfit } from './machine.js';
import { spawnBenchNode } from './node/spawn-bench-node.js';
import { runCommand } from './run-command.js';
import { measureScreeningCost, type ScreeningCost } from './screening-cost.js';
import { openTemporaryFolder } from './temporary-folder.js';
import { writableFile } from './writable-file.js';

interface Options {
  readonly json?: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly callers: number;
}

const WARM_UP_SECONDS = 0.5;
/** Of the run of ghz. */
const GHZ_SECONDS = 5;

const program = new Command('loadtest')
  .description('Durable holds on one hot screening against a no-op method on the same server')
  .option('--json <file>', 'write the figures there', writableFile)
  .option('--rounds <n>', 'floor and durable in turns, this often', wholeNumber(1), 12)
  .option('--seconds <n>', 'of one measurement', wholeNumber(1), 2)
  .option('--connections <n>', 'HTTP/2 connections', wholeNumber(1), 8)
  .option('--callers <n>', 'requests under way at once; enough that neither waits for callers', wholeNumber(1), 512)
  .action(run);

async function run({ json, ...plan }: Options): Promise<void> {
  letGarbageGrow();
  prepareAllocator();
  const folder = openTemporaryFolder('loadtest');
  const home = folder.path;
  const bar = new SingleBar({ format: '{bar} {percentage} %  {step}', clearOnComplete: true, stream: process.stderr });
  bar.start(1, 0, { step: 'looking for ghz' });
  try {
    const noGhz = whyNoGhz();
    bar.update(0, { step: 'starting a node' });
    const node = await spawnBenchNode(path.join(home, 'hot'));
    let hot: HotScreeningResult;
    let ghz: HotByGhz | MachineUnfit;
    try {
      hot = await measureHotScreening(node, { ...plan, warmUpSeconds: WARM_UP_SECONDS }, (step, done) => {
        bar.update(done * 0.85, { step });
      });
      bar.update(0.85, { step: 'holding seats with ghz' });
      const ghzPlan = { ...HALL, seconds: GHZ_SECONDS, expectedRps: hot.durableRps, home };
      ghz = noGhz === undefined ? await resultOrUnfit(measureHotByGhz(node, ghzPlan)) : new MachineUnfit(noGhz);
    } finally {
      await node.stop();
    }
    bar.update(0.95, { step: 'measuring what a screening costs' });
    const cost = await measureScreeningCost(path.join(home, 'cost'));
    bar.stop();
    print(hot, cost);
    process.stdout.write(`${ghzText(ghz)}\n`);
    const all = { ...figures(hot, cost), ...ghzFigures(ghz) };
    if (json !== undefined) await writeFile(json, `${JSON.stringify(all, null, 2)}\n`);
    if (hotFaults(hot).length > 0) process.exitCode = 1;
    if (!(ghz instanceof MachineUnfit) && (ghz.faults.length > 0 || ghz.all.refused + ghz.all.errors > 0))
      process.exitCode = 1;
  } finally {
    bar.stop();
    await folder.close();
  }
}

function figures(hot: HotScreeningResult, cost: ScreeningCost): Record<string, number> {
  const latency = (percentile: number): number => hot.latencyMicros.getValueAtPercentile(percentile) / 1000;
  return {
    floor_rps: Math.round(hot.floorRps),
    durable_rps: Math.round(hot.durableRps),
    ratio: round(hot.durableRps / hot.floorRps),
    p50_ms: round(latency(50)),
    p95_ms: round(latency(95)),
    p99_ms: round(latency(99)),
    accepted: hot.accepted,
    refused: hot.refused,
    errors: hot.errors,
    oversold: hot.oversold,
    lost: hot.lost,
    floor_cpu_us: round(hot.floorCpuMicros),
    durable_cpu_us: round(hot.durableCpuMicros),
    idle_floor_p50_ms: round(hot.idle.floorMs),
    idle_durable_p50_ms: round(hot.idle.durableMs),
    idle_commit_p50_ms: round(hot.idle.commitMs),
    screening_memory_bytes: Math.round(cost.memoryBytes),
    activation_p50_ms: round(cost.activationP50Ms),
    activation_p99_ms: round(cost.activationP99Ms),
  };
}

/** All null when ghz did not run. */
function ghzFigures(ghz: HotByGhz | MachineUnfit): Record<string, number | null> {
  const ran = ghz instanceof MachineUnfit ? undefined : ghz;
  const ms = (percentile: number): number | null =>
    ran === undefined ? null : round(ran.measured.acceptedMicros.getValueAtPercentile(percentile) / 1000);
  return {
    ghz_rps: ran === undefined ? null : Math.round(ran.measured.acceptedRps),
    ghz_mean_ms: ran === undefined ? null : round(ran.measured.acceptedMicros.mean / 1000),
    ghz_p50_ms: ms(50),
    ghz_p95_ms: ms(95),
    ghz_p99_ms: ms(99),
    ghz_accepted: ran?.all.accepted ?? null,
    ghz_refused: ran?.all.refused ?? null,
    ghz_errors: ran?.all.errors ?? null,
    ghz_oversold: ran?.oversold ?? null,
    ghz_lost: ran?.lost ?? null,
  };
}

function ghzText(ghz: HotByGhz | MachineUnfit): string {
  if (ghz instanceof MachineUnfit) return `ghz                not measured. ${ghz.message}.`;
  const all = ghzFigures(ghz);
  const of = (name: string): string => String(all[name]);
  return [
    `ghz                ${of('ghz_rps')} durable holds/s, mean ${of('ghz_mean_ms')} ms, p50 ${of('ghz_p50_ms')} ms, p95 ${of('ghz_p95_ms')} ms, p99 ${of('ghz_p99_ms')} ms`,
    `                   ${of('ghz_accepted')} accepted, ${of('ghz_refused')} refused, ${of('ghz_errors')} errors; ${of('ghz_oversold')} oversold, ${of('ghz_lost')} lost`,
    ...ghz.faults.map(faultLine),
    '',
  ].join('\n');
}

function print(hot: HotScreeningResult, cost: ScreeningCost): void {
  const all = figures(hot, cost);
  const of = (name: string): string => String(all[name]);
  const added = (hot.idle.durableMs - hot.idle.floorMs) / hot.idle.commitMs;
  const lines = [
    '',
    `machine            ${String(os.cpus().length)} cores, ${os.cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}, allocator: ${allocatorOfNodes()}, embedded Postgres with fsync on`,
    `floor              ${of('floor_rps')} requests/s, ${of('floor_cpu_us')} us of the node's CPU each`,
    `durable HoldSeats  ${of('durable_rps')} requests/s, ${of('durable_cpu_us')} us of the node's CPU each`,
    `ratio              ${of('ratio')}`,
    `latency            p50 ${of('p50_ms')} ms, p95 ${of('p95_ms')} ms, p99 ${of('p99_ms')} ms at that load`,
    `answers            ${of('accepted')} accepted, ${of('refused')} refused, ${of('errors')} errors`,
    `sweep              ${of('oversold')} oversold, ${of('lost')} answered but not stored`,
    `idle               floor ${of('idle_floor_p50_ms')} ms, durable ${of('idle_durable_p50_ms')} ms: a commit of ${of('idle_commit_p50_ms')} ms adds ${added.toFixed(2)} commit times`,
    ...hotFaults(hot).map(faultLine),
    `a screening        of 300 seats takes ${(cost.memoryBytes / 1024).toFixed(1)} KiB; activated from its snapshot in ${of('activation_p50_ms')} ms (p99 ${of('activation_p99_ms')} ms)`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function faultLine(fault: string): string {
  return `FAULT              ${fault}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

await runCommand(program);
