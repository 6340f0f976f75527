import Table from 'cli-table3';
import { missedTargets, rounded, TARGETS, type Figures } from './figures.js';
import type { Incident } from './load.js';

/** What each figure is called for people, in the order of the table. */
const NAMES: ReadonlyMap<string, string> = new Map<keyof Figures, string>([
  ['kills', 'kills'],
  ['failover_p50_ms', 'kill to first success, p50 (ms)'],
  ['failover_p99_ms', 'kill to first success, p99 (ms)'],
  ['failover_max_ms', 'kill to first success, max (ms)'],
  ['never_back', 'screenings that did not come back'],
  ['kill_failed_requests', 'failed requests during the kills'],
  ['drain_pause_p50_ms', 'pause by a drain, p50 (ms)'],
  ['drain_pause_p99_ms', 'pause by a drain, p99 (ms)'],
  ['drain_pause_max_ms', 'pause by a drain, max (ms)'],
  ['calm_pause_p99_ms', 'the same when nothing moves, p99 (ms)'],
  ['return_pause_p99_ms', 'pause when it is taken back, p99 (ms)'],
  ['rolling_pause_p99_ms', 'pause by a rolling restart, p99 (ms)'],
  ['failed_requests', 'failed requests of planned moves'],
  ['unavailable_tries', 'tries of them that were repeated'],
  ['forward_rate', 'commands/s at which forwarding is measured'],
  ['local_cpu_ms_per_1000', 'CPU of 1,000 commands at their owner (ms)'],
  ['forward_cpu_ms_per_1000', 'CPU of 1,000 commands passed on (ms)'],
  ['forward_cpu_ratio', 'passed on / at the owner'],
  ['load_max_over_mean', 'fullest node / mean'],
  ['activations_per_second', 'activations/s'],
  ['join_ms', 'start of a node to its whole share (ms)'],
  ['take_over_ms', 'of that, after it had joined (ms)'],
  ['joined_screenings', 'screenings it took over'],
  ['commands', 'commands sent'],
  ['skipped', 'commands not sent: too many under way'],
  ['wrong_answers', 'wrong answers'],
  ['lost', 'lost'],
  ['double_sold', 'sold twice'],
]);

/** The figures that are told, one a line, with their targets. */
export function figureTable(figures: Figures): readonly string[] {
  const missed = missedTargets(figures);
  const values = rounded(figures);
  const table = new Table({ head: ['', 'figure', 'target', ''], style: { head: [], border: [] } });
  for (const [name, title] of NAMES) {
    const value = values[name] ?? null;
    if (value === null) continue;
    const target = TARGETS.get(name);
    const verdict = missed.includes(name) ? 'MISSED' : 'met';
    const cell = Number.isNaN(value) ? 'no samples' : String(value);
    table.push([title, cell, ...(target === undefined ? ['', ''] : [`<= ${String(target)}`, verdict])]);
  }
  return table.toString().split('\n');
}

/** Of one part's incidents, those that are shown. */
const SHOWN = 10;

/** The first incidents of a part, one a line. */
export function incidentLines(part: string, incidents: readonly Incident[]): readonly string[] {
  return incidents
    .slice(0, SHOWN)
    .map(
      ({ sentMs, tookMs, screeningId, path, what }) =>
        `${part}: ${new Date(sentMs).toISOString()} ${path} on ${screeningId}, after ${tookMs.toFixed(0)} ms: ${what}`,
    );
}
