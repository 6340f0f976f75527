import { isMet, type Figure, type Table, type Target } from '../scenario.js';
import type { RawRun } from './raw-run.js';

/** The report as Markdown: what each scenario found on the day it last ran. */
export function reportPage(runs: readonly RawRun[]): string {
  return `${[
    '# Results',
    'Made by `npm run bench` from the raw data beside this page; [how it is measured](../README.md). Ratios compare two ' +
      'figures of one run. Figures of different machines, or of different days on a shared machine, do not compare.',
    targetsOf(runs),
    ...runs.flatMap(chapterOf),
  ].join('\n\n')}\n`;
}

function targetsOf(runs: readonly RawRun[]): string {
  const rows = runs.flatMap(({ scenario, outcome }) =>
    outcome.targets.map((target) => [
      `[${target.what}](#${scenario})`,
      bound(target),
      figure(target.measured),
      verdict(target),
    ]),
  );
  return table({ title: 'Targets', columns: ['what', 'target', 'measured', ''], rows });
}

function bound({ bound: value, side }: Target): string {
  return `${side} ${figure(value)}`;
}

function verdict(target: Target): string {
  return isMet(target) ? 'reached' : '**missed**';
}

function chapterOf({ scenario, title, about, startedAt, commit, seconds, machine, outcome }: RawRun): string[] {
  const { cpu, cores, memoryGib, system, node, allocator, speed } = machine;
  return [
    `<a id="${scenario}"></a>\n\n## ${title}`,
    about,
    ...outcome.charts.map(({ name, title: alt }) => `![${alt}](${scenario}-${name}.svg)`),
    ...outcome.tables.map(table),
    ...(outcome.notes.length === 0 ? [] : [outcome.notes.map((note) => `- ${note}`).join('\n')]),
    ...outcome.faults.map((fault) => `**FAULT: ${fault}**`),
    `<sub>[raw data](${scenario}.json), ${startedAt.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, ` +
      `${String(Math.round(seconds))} s; ${cpu}, ${String(cores)} cores (${String(speed)} MB/s of SHA-256 each), ` +
      `${String(memoryGib)} GiB, ${system}, Node ${node}, allocator: ${allocator}</sub>`,
  ];
}

export function table({ title, columns, rows }: Table): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => (typeof cell === 'string' ? cell.replaceAll('|', '\\|') : figure(cell))).join(' | ')} |`;
  const rule = `|${columns.map((_column, index) => (index === 0 ? ' --- ' : ' ---: ')).join('|')}|`;
  return [`**${title}**`, '', line(columns), rule, ...rows.map(line)].join('\n');
}

/** Three digits that mean something, with thousands set apart. */
export function figure(value: Figure): string {
  if (typeof value === 'string') return value;
  if (value === null || !Number.isFinite(value)) return 'not measured';
  return value.toLocaleString(
    'en-US',
    Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  );
}
