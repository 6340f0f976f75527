import { build, type Histogram } from 'hdr-histogram-js';

/** What happened to the commands of one entity since it was activated, for its queue statistics. */
export class QueueStats {
  /** Answered, by an effect or a read. */
  completed = 0;
  /** Failed: overload, deadline, storage. */
  failed = 0;
  /** Answered no. */
  refused = 0;
  turns = 0;
  /** Commands whose turn is being committed. */
  active = 0;
  private readonly batchSizes = smallHistogram();
  private readonly commitMicros = smallHistogram();

  turnCommitted(batchSize: number, commitMs: number): void {
    this.turns += 1;
    this.batchSizes.recordValue(Math.max(1, batchSize));
    this.commitMicros.recordValue(Math.max(1, Math.min(Math.round(commitMs * 1000), HIGHEST)));
  }

  percentiles(): { batchSize: Percentiles; commitMs: Percentiles } {
    return { batchSize: percentilesOf(this.batchSizes, 1), commitMs: percentilesOf(this.commitMicros, 1000) };
  }
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const HIGHEST = 60_000_000;

/** One significant digit: a few hundred bytes per entity, exact enough to operate by. */
function smallHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST,
    numberOfSignificantValueDigits: 1,
    bitBucketSize: 32,
  });
}

function percentilesOf(histogram: Histogram, divisor: number): Percentiles {
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / divisor;
  return { p50: at(50), p95: at(95), p99: at(99) };
}
