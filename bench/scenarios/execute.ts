import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Histogram } from 'hdr-histogram-js';
import { audit } from '../audit.js';
import { createHall, createScreening } from '../box-office.js';
import type { LoopResult } from '../load/closed-loop.js';
import { HoldTokens } from '../load/hold-tokens.js';
import { mergedLatency, percentileMs } from '../load/latency.js';
import { runPipelineLoop } from '../load/pipeline-loop.js';
import { openRawClient } from '../load/raw-client.js';
import { FLOOR_STREAM_PATH } from '../node/floor-service.js';
import { spawnBenchNode, type BenchNode } from '../node/spawn-bench-node.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';

const EXECUTE_PATH = '/cinema.boxoffice.v1.SeatService/Execute';
const HALL_SEATS = 200_000;
const STREAMS = 2;
/** Of each stream; the node takes at most 1,000 unanswered ones. */
const PIPELINE = 1_000;
const WARM_UP_SECONDS = 0.5;

/** Durable holds through Execute streams against a stream that does nothing. */
export const executeScenario: Scenario = {
  name: 'execute',
  title: 'Execute: pipelined commands on one stream',
  about:
    `${String(STREAMS)} Execute streams with ${String(PIPELINE)} unanswered commands each, unique seats on one hot ` +
    'screening, against a bidirectional stream on the same server that answers the same messages and does nothing. ' +
    'Both in turns on one node; an answer counts when the hold is committed with fsync.',
  run: measureExecute,
};

interface Run extends LoopResult {
  readonly cpuMicros: number;
}

async function measureExecute({ home, isShort, progress }: Stage): Promise<Outcome> {
  const rounds = isShort ? 2 : 12;
  const seconds = isShort ? 0.5 : 2;
  progress('starting a node', 0);
  const node = await spawnBenchNode(path.join(home, 'node'));
  const client = await openRawClient(node.grpcAddress);
  const floor: Run[] = [];
  const durable: Run[] = [];
  const faults: string[] = [];
  try {
    await createHall(client, 'synthetic', HALL_SEATS);
    for (let round = -1; round < rounds; round += 1) {
      progress(
        round < 0 ? 'warming up' : `round ${String(round + 1)} of ${String(rounds)}`,
        Math.max(0, round / rounds),
      );
      const screeningId = `hot-${randomUUID()}`;
      await createScreening(client, 'synthetic', screeningId);
      const measureFloor = (): Promise<Run> => measured(node, FLOOR_STREAM_PATH, screeningId, seconds);
      // Whoever goes second finds the machine as the first left it: they take turns.
      const before = round % 2 === 0 ? await measureFloor() : undefined;
      const run = await measured(node, EXECUTE_PATH, screeningId, seconds);
      const still = before ?? (await measureFloor());
      const { oversold, lost } = await audit(node.postgresUrl, screeningId, run.tokens);
      if (oversold > 0) faults.push(`${String(oversold)} seats of ${screeningId} had two owners`);
      if (lost > 0) faults.push(`${String(lost)} acknowledged holds of ${screeningId} are not in the journal`);
      if (run.errors + still.errors > 0) faults.push(`${String(run.errors + still.errors)} commands failed`);
      // The first pair warms the process up.
      if (round < 0) continue;
      floor.push(still);
      durable.push(run);
    }
  } finally {
    client.close();
    await node.stop();
  }
  return outcome(floor, durable, faults);
}

async function measured(node: BenchNode, grpcPath: string, screeningId: string, seconds: number): Promise<Run> {
  const loop = {
    path: grpcPath,
    address: node.grpcAddress,
    screeningId,
    streams: STREAMS,
    pipeline: PIPELINE,
  };
  await node.collectGarbage();
  const warmUp = await runPipelineLoop({ ...loop, firstSeat: 0, seconds: WARM_UP_SECONDS });
  const before = await node.cpuMicros();
  const firstSeat = warmUp.accepted + warmUp.refused + warmUp.errors;
  const result = await runPipelineLoop({ ...loop, firstSeat, seconds });
  const after = await node.cpuMicros();
  return {
    ...result,
    tokens: HoldTokens.merged(warmUp.tokens, result.tokens),
    cpuMicros: after - before,
  };
}

function outcome(floor: readonly Run[], durable: readonly Run[], faults: readonly string[]): Outcome {
  const floorRps = perSecond(floor);
  const durableRps = perSecond(durable);
  const latency = latencyOf(durable);
  const rows = [
    ['no-op stream', ...row(floor)],
    ['Execute, durable', ...row(durable)],
  ];
  return {
    figures: {
      floor_rps: Math.round(floorRps),
      durable_rps: Math.round(durableRps),
      ratio: rounded(durableRps / floorRps),
      p50_ms: percentileMs(latency, 50),
      p95_ms: percentileMs(latency, 95),
      p99_ms: percentileMs(latency, 99),
      max_ms: percentileMs(latency, 100),
      accepted: total(durable, ({ accepted }) => accepted),
      refused: total(durable, ({ refused }) => refused),
      errors: total([...floor, ...durable], ({ errors }) => errors),
      floor_cpu_us: rounded(cpuEach(floor)),
      durable_cpu_us: rounded(cpuEach(durable)),
    },
    tables: [
      {
        title: `Commands over ${String(STREAMS)} streams, ${String(PIPELINE)} unanswered on each`,
        columns: [
          'stream',
          'accepted/s',
          'accepted',
          'refused',
          'p50 ms',
          'p95 ms',
          'p99 ms',
          'max ms',
          'node CPU, us each',
        ],
        rows,
      },
    ],
    charts: [
      {
        name: 'throughput',
        title: 'Commands per second over Execute streams',
        kind: 'bar',
        x: { label: '' },
        y: { label: 'accepted per second' },
        series: [
          {
            name: 'accepted/s',
            points: [
              ['no-op stream', Math.round(floorRps)],
              ['Execute, durable', Math.round(durableRps)],
            ],
          },
        ],
      },
    ],
    targets: [
      {
        what: 'Execute, durable, against the no-op stream',
        measured: durableRps / floorRps,
        bound: 0.7,
        side: 'at least',
      },
      { what: 'Execute, durable commands per second', measured: durableRps, bound: 30_000, side: 'at least' },
    ],
    faults,
    notes: [
      'Latency is that of a full pipeline: with n commands under way and r answers per second nobody waits less than n / r.',
    ],
  };
}

function row(runs: readonly Run[]): number[] {
  const latency = latencyOf(runs);
  return [
    perSecond(runs),
    total(runs, ({ accepted }) => accepted),
    total(runs, ({ refused }) => refused),
    percentileMs(latency, 50),
    percentileMs(latency, 95),
    percentileMs(latency, 99),
    percentileMs(latency, 100),
    cpuEach(runs),
  ];
}

function latencyOf(runs: readonly Run[]): Histogram {
  return mergedLatency(runs.map(({ latencyMicros }) => latencyMicros));
}

function cpuEach(runs: readonly Run[]): number {
  return total(runs, ({ cpuMicros }) => cpuMicros) / total(runs, ({ accepted }) => accepted);
}

function perSecond(runs: readonly Run[]): number {
  return total(runs, ({ accepted }) => accepted) / total(runs, ({ seconds }) => seconds);
}

function total(runs: readonly Run[], value: (run: Run) => number): number {
  return runs.reduce((sum, run) => sum + value(run), 0);
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
