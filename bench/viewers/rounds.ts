import { setTimeout as pause } from 'node:timers/promises';
import { build, type Histogram } from 'hdr-histogram-js';
import type { Contestant, Name } from './contestant.js';
import type { Crowd } from './crowd.js';
import type { Receipt } from './messages.js';
import type { Step } from './plan.js';
import { cpuMicros, residentBytes } from './resident.js';

/** A system and those who watch it. */
export interface Show {
  readonly contestant: Contestant;
  readonly crowd: Crowd;
}

/** How one system did with so many viewers. */
export interface StepResult {
  readonly name: Name;
  readonly viewers: number;
  readonly connectSeconds: number;
  /** From a change to each viewer, over all measured changes; in ms. */
  readonly latencyMs: Histogram;
  /** From each change to its last viewer. */
  readonly lastMs: readonly number[];
  /** Changes per second that were really made. */
  readonly changesPerSecond: number;
  /** CPU time of its servers for each message that was sent. */
  readonly cpuMicrosPerMessage: number;
  /** Of its servers together, after the step. */
  readonly residentBytes: number;
}

const RECEIVED_WITHIN_MS = 60_000;

/**
 * Brings every crowd to the step's size, then makes changes known by each system in turn:
 * what the machine does to one it does to the others. No system begins before everybody
 * has what the one before it sent.
 */
export async function runStep(
  shows: readonly Show[],
  step: Step,
  progress: (what: string) => void,
): Promise<readonly StepResult[]> {
  const connectSeconds = new Map<Name, number>();
  for (const { contestant, crowd } of shows) {
    const startedMs = performance.now();
    progress(`connecting ${String(step.viewers)} viewers to ${contestant.name}`);
    await contestant.refresh();
    await crowd.growTo(step.viewers, contestant.ports, contestant.path);
    connectSeconds.set(contestant.name, (performance.now() - startedMs) / 1_000);
  }
  const runs = shows.map((show) => ({ show, latencyMs: histogram(), lastMs: new Array<number>(), beforeMicros: 0 }));
  const slotMs = step.periodMs / shows.length;
  progress(`selling to ${String(step.viewers)} viewers`);
  let startedMs = performance.now();
  for (let change = 0; change <= step.changes; change += 1) {
    // The first one meets code that is cold for so many.
    const isMeasured = change > 0;
    if (change === 1) {
      startedMs = performance.now();
      for (const run of runs) run.beforeMicros = cpuMicros(run.show.contestant.pids);
    }
    for (const { show, latencyMs, lastMs } of runs) {
      const slot = pause(slotMs);
      const { at, epochMs } = await publishTo(show);
      if (isMeasured) {
        for (const [atMs, viewers] of at) latencyMs.recordValueWithCount(Math.max(1, atMs - epochMs), viewers);
        lastMs.push(at.reduce((last, [atMs]) => Math.max(last, atMs), 0) - epochMs);
      }
      await slot;
    }
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const usedMicros = runs.map(({ show, beforeMicros }) => cpuMicros(show.contestant.pids) - beforeMicros);
  await pause(step.restMs);
  const results: StepResult[] = [];
  for (const [index, { show, latencyMs, lastMs }] of runs.entries()) {
    const { name, pids } = show.contestant;
    const viewers = show.crowd.size;
    results.push({
      name,
      viewers,
      connectSeconds: connectSeconds.get(name) ?? 0,
      latencyMs,
      lastMs,
      changesPerSecond: step.changes / seconds,
      cpuMicrosPerMessage: (usedMicros[index] ?? 0) / (step.changes * viewers),
      residentBytes: await residentBytes(pids),
    });
  }
  return results;
}

/** Makes one change known and waits until every viewer has it. */
export async function publishTo({ contestant, crowd }: Show): Promise<{ at: Receipt['at']; epochMs: number }> {
  const { revision, epochMs } = await contestant.publish();
  return { epochMs, at: await crowd.received(revision, RECEIVED_WITHIN_MS) };
}

const histogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: 120_000, numberOfSignificantValueDigits: 3 });
