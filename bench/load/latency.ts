import { build, type Histogram } from 'hdr-histogram-js';

const MICROS_MAX = 120_000_000;

/** An empty histogram of latencies in microseconds, up to two minutes, to three digits. */
export function latencyHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: MICROS_MAX, numberOfSignificantValueDigits: 3 });
}

/** A new one with the values of all of them. */
export function mergedLatency(histograms: readonly Histogram[]): Histogram {
  const all = latencyHistogram();
  for (const each of histograms) all.add(each);
  return all;
}

export function recordMs(histogram: Histogram, ms: number): void {
  histogram.recordValue(Math.min(MICROS_MAX, Math.max(1, Math.round(ms * 1_000))));
}

/** @param percentile 0 to 100 */
export function percentileMs(histogram: Histogram, percentile: number): number {
  return Math.round(histogram.getValueAtPercentile(percentile)) / 1_000;
}
