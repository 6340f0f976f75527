import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawChart } from './chart.js';
import { reportPage } from './page.js';
import type { RawRun } from './raw-run.js';

/** bench/results of the checkout, seen from dist/bench/report. */
const folder = fileURLToPath(new URL('../../../bench/results/', import.meta.url));

/** Keeps a run in place of the scenario's last one and draws its plots. @returns the page that shows it */
export async function keepRun(run: RawRun, order: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(folder))
    if (file.startsWith(`${run.scenario}-`) && file.endsWith('.svg')) await rm(path.join(folder, file));
  await writeFile(path.join(folder, `${run.scenario}.json`), `${JSON.stringify(run, null, 2)}\n`);
  for (const chart of run.outcome.charts)
    await writeFile(path.join(folder, `${run.scenario}-${chart.name}.svg`), `${drawChart(chart)}\n`);
  return writePage(order);
}

/** Writes the page anew from all raw data there is. @returns its path */
async function writePage(order: readonly string[]): Promise<string> {
  const runs: RawRun[] = [];
  const files = await readdir(folder);
  for (const name of order) {
    if (files.includes(`${name}.json`))
      runs.push(JSON.parse(await readFile(path.join(folder, `${name}.json`), 'utf8')) as RawRun);
  }
  const page = path.join(folder, 'README.md');
  await writeFile(page, reportPage(runs));
  return page;
}
