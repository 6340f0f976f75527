import { median } from '../median.js';
import type { TransportTally } from './client.js';
import { measureDrains, measureRollingRestart } from './drains.js';
import { pause } from './eventually.js';
import type { Figures } from './figures.js';
import { measureForwardCost } from './forward-cost.js';
import { COMES_BACK_WITHIN_MS, measureKills } from './kills.js';
import type { Incident, Load, LoadReport } from './load.js';
import type { Pause } from './moves.js';
import { percentile } from './percentile.js';
import { measurePlacement } from './placement.js';
import { openStage, type Stage, type StagePlan } from './stage.js';

/** What one part of the benchmark tells. */
export interface PartReport {
  readonly figures: Partial<Figures>;
  /** Commands that failed or were answered wrongly; the first hundred. */
  readonly incidents: readonly Incident[];
  /** What the figures were made from, for whoever wants to look closer. */
  readonly samples: unknown;
}

export type Progress = (step: string, done: number) => void;

export interface PartPlan extends StagePlan {
  readonly kills: number;
  readonly drains: number;
  /** Of the forward cost: owner and other node in turns, this often. */
  readonly rounds: number;
  readonly roundSeconds: number;
  /** Commands per second while a node joins. */
  readonly joinRate: number;
}

/** SIGKILL of owners under load. */
export async function killsPart(plan: PartPlan, progress: Progress): Promise<PartReport> {
  return underLoad(plan, async (stage, load) => {
    const failovers = await measureKills(stage, load, {
      kills: plan.kills,
      progress: (done) => progress(`kill ${String(done)} of ${String(plan.kills)}`, done / plan.kills),
    });
    const tookMs = failovers.map((failover) => failover.tookMs ?? COMES_BACK_WITHIN_MS);
    await load.stop();
    return {
      samples: failovers,
      figures: {
        kills: plan.kills,
        failover_p50_ms: percentile(tookMs, 50),
        failover_p99_ms: percentile(tookMs, 99),
        failover_max_ms: percentile(tookMs, 100),
        never_back: failovers.filter((failover) => failover.tookMs === undefined).length,
        kill_failed_requests: load.tally.failed,
      },
    };
  });
}

/** DrainNode under load, and back. */
export async function drainsPart(plan: PartPlan, progress: Progress): Promise<PartReport> {
  return underLoad(plan, async (stage, load) => {
    const { away, back } = await measureDrains(stage, load, {
      drains: plan.drains,
      progress: (done) => progress(`drain ${String(done)} of ${String(plan.drains)}`, done / plan.drains),
    });
    await load.stop();
    return {
      samples: { away, back },
      figures: {
        drain_pause_p50_ms: percentile(pausesMs(away), 50),
        drain_pause_p99_ms: percentile(pausesMs(away), 99),
        drain_pause_max_ms: percentile(pausesMs(away), 100),
        calm_pause_p99_ms: percentile(
          away.map(({ calmMs }) => calmMs),
          99,
        ),
        return_pause_p99_ms: percentile(pausesMs(back), 99),
        ...failuresOf(load, stage.client.tally),
      },
    };
  });
}

/** SIGTERM and start of every node in turn, under load. */
export async function rollingPart(plan: PartPlan, progress: Progress): Promise<PartReport> {
  return underLoad(plan, async (stage, load) => {
    const pauses = await measureRollingRestart(stage, load, (done) =>
      progress(`restarting node ${String(done + 1)} of ${String(plan.nodes)}`, done / plan.nodes),
    );
    await load.stop();
    return {
      samples: pauses,
      figures: { rolling_pause_p99_ms: percentile(pausesMs(pauses), 99), ...failuresOf(load, stage.client.tally) },
    };
  });
}

/** CPU of commands at their owner and at the other of two nodes. */
export async function forwardPart(plan: PartPlan, progress: Progress): Promise<PartReport> {
  const result = await measureForwardCost({
    ...plan,
    seconds: plan.roundSeconds,
    progress: (done) => progress('forwarding', done),
  });
  const [local, forward] = [median(result.localCpuMs), median(result.forwardCpuMs)];
  return {
    samples: result,
    incidents: [],
    figures: {
      commands: result.commands,
      forward_rate: result.rate,
      local_cpu_ms_per_1000: local * 1_000,
      forward_cpu_ms_per_1000: forward * 1_000,
      forward_cpu_ratio: forward / local,
      failed_requests: result.errors,
      lost: result.lost,
      double_sold: result.oversold,
    },
  };
}

/** Very many screenings, and one node more. */
export async function placementPart(plan: PartPlan, progress: Progress): Promise<PartReport> {
  progress(`creating ${String(plan.screenings)} screenings`, 0);
  const stage = await openStage(plan);
  try {
    const result = await measurePlacement(stage, { joinRate: plan.joinRate, progress });
    progress('sweeping the journals', 0.95);
    return {
      samples: { ...result, joinLoad: result.joinLoad.tally },
      incidents: result.joinLoad.incidents,
      figures: {
        load_max_over_mean: result.loadMaxOverMean,
        activations_per_second: result.activationsPerSecond,
        join_ms: result.joinMs,
        take_over_ms: result.takeOverMs,
        joined_screenings: result.taken,
        ...failuresOf(result.joinLoad, stage.client.tally),
        ...answersOf(result.joinLoad),
        ...(await sweep(stage)),
      },
    };
  } finally {
    await stage.close();
  }
}

/** Every screening is active after that, and the nodes' code is warm. */
const WARM_UP_MS = 5_000;

type Measured = Pick<PartReport, 'figures' | 'samples'>;

/** A stage of its own, load on it while `measure` runs, which stops the load; then the sweep. */
async function underLoad(
  plan: StagePlan,
  measure: (stage: Stage, load: Load) => Promise<Measured>,
): Promise<PartReport> {
  const stage = await openStage(plan);
  try {
    const load = stage.startLoad();
    try {
      await pause(WARM_UP_MS);
      const { figures, samples } = await measure(stage, load);
      return {
        samples,
        incidents: load.incidents,
        figures: { ...figures, ...answersOf(load), ...(await sweep(stage)) },
      };
    } finally {
      await load.stop();
    }
  } finally {
    await stage.close();
  }
}

async function sweep(stage: Stage): Promise<Pick<Figures, 'lost' | 'double_sold'>> {
  const { lost, oversold } = await stage.audit();
  return { lost, double_sold: oversold };
}

function answersOf({ tally }: LoadReport): Pick<Figures, 'commands' | 'skipped' | 'wrong_answers'> {
  return { commands: tally.sent, skipped: tally.skipped, wrong_answers: tally.wrong };
}

function failuresOf(
  { tally }: LoadReport,
  { unavailable, broken }: TransportTally,
): Pick<Figures, 'failed_requests' | 'unavailable_tries'> {
  return { failed_requests: tally.failed, unavailable_tries: unavailable + broken };
}

function pausesMs(pauses: readonly Pause[]): readonly number[] {
  return pauses.map(({ pauseMs }) => pauseMs);
}
