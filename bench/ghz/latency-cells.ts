import type { Histogram } from 'hdr-histogram-js';

export const latencyColumns = ['mean ms', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'];

/** @param micros latencies in microseconds */
export function latencyCells(micros: Histogram): number[] {
  return [micros.mean, ...[50, 95, 99, 100].map((percent) => micros.getValueAtPercentile(percent))].map(toMs);
}

/** For figures: mean_ms, p50_ms, p95_ms, p99_ms, max_ms. */
export function latencyFigures(micros: Histogram): Record<string, number | null> {
  const [mean = 0, p50 = 0, p95 = 0, p99 = 0, max = 0] = latencyCells(micros);
  const isEmpty = micros.totalCount === 0;
  const value = (ms: number): number | null => (isEmpty ? null : ms);
  return { mean_ms: value(mean), p50_ms: value(p50), p95_ms: value(p95), p99_ms: value(p99), max_ms: value(max) };
}

function toMs(micros: number): number {
  return Math.round(micros) / 1_000;
}
