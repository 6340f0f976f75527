/** npm run bench: every scenario, or one, with raw data and a report in bench/results. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { prepareAllocator } from './allocator.js';
import { letGarbageGrow } from './collect-garbage.js';
import { measureEach } from './measure-each.js';
import { measureScenario } from './measure-scenario.js';
import { figure, table } from './report/page.js';
import type { RawRun } from './report/raw-run.js';
import { keepRun } from './report/results.js';
import { runCommand } from './run-command.js';
import { isMet, type Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';
import { writableFile } from './writable-file.js';

interface Options {
  readonly only?: string;
  readonly json?: string;
  readonly short: boolean;
  readonly keep: boolean;
}

const names = scenarios.map(({ name }) => name);

const program = new Command('bench')
  .description('Measures this system beside its peers, checks every answer, and writes bench/results')
  .addOption(new Option('--only <scenario>', 'run one').choices(names))
  .option('--json <file>', 'write the figures there: of the one scenario, or by scenario', writableFile)
  .option('--short', 'a tenth of the time: shows that it runs, not how fast; leaves bench/results alone', false)
  .option('--no-keep', 'leave bench/results alone')
  .action(run);

async function run(options: Options): Promise<void> {
  letGarbageGrow();
  prepareAllocator();
  const chosen = scenarios.filter(({ name }) => options.only === undefined || name === options.only);
  let page: string | undefined;
  const measure = (scenario: Scenario): Promise<RawRun> =>
    measureScenario(scenario, { isShort: options.short, onFault: printFault });
  const { figures, unfit, faults } = await measureEach(chosen, measure, {
    async measured(raw) {
      print(raw);
      if (raw.outcome.faults.length === 0 && options.keep && !options.short) page = await keepRun(raw, names);
    },
    unfit({ name }, { message }) {
      process.stderr.write(`No figures of ${name}: ${message}.\n\n`);
    },
  });
  if (unfit + faults > 0) process.exitCode = 1;
  const written = options.only === undefined ? figures : figures[options.only];
  // A run with a fault has measured something that does not work.
  if (faults === 0 && written !== undefined && options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(written, null, 2)}\n`);
  if (page !== undefined) process.stdout.write(`Report: ${path.relative(process.cwd(), page)}\n`);
}

function print({ title, outcome, seconds }: RawRun): void {
  const { tables, targets, notes, faults } = outcome;
  const parts = [
    `## ${title} (${seconds.toFixed(0)} s)`,
    ...tables.map(table),
    ...targets.map((target) => {
      const { what, measured, bound, side } = target;
      return `${isMet(target) ? 'reached' : 'MISSED '}  ${what}: ${figure(measured)} (${side} ${figure(bound)})`;
    }),
    ...notes.map((note) => `- ${note}`),
    ...faults.map(faultLine),
  ];
  process.stdout.write(`${parts.join('\n\n')}\n\n`);
}

function printFault(fault: string): void {
  process.stdout.write(`${faultLine(fault)}\n`);
}

function faultLine(fault: string): string {
  return `FAULT: ${fault}`;
}

await runCommand(program);
