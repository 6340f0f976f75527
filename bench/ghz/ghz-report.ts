import type { Histogram } from 'hdr-histogram-js';
import { latencyHistogram, recordMs } from '../load/latency.js';
import { z } from 'zod';

/** What is read of ghz's own JSON. Latencies in nanoseconds. */
const report = z.object({
  /** Null when no request was sent. */
  details: z
    .array(
      z.object({
        /** When it ended. */
        timestamp: z.string(),
        latency: z.number(),
        /** Empty, or what gRPC says of it. */
        error: z.string(),
        /** gRPC status code by name: OK, FailedPrecondition. */
        status: z.string(),
      }),
    )
    .nullable(),
});

/** What ghz saw of the requests of one run. */
export interface GhzRun {
  /** All of them, the warm-up included: what the sweep counts. */
  readonly all: Answers;
  /** Those that were started between the warm-up and the last start: what is measured. */
  readonly measured: Answers & {
    /** From the end of the warm-up to the last start. */
    readonly seconds: number;
    /** Requests started in that time, per second: what was really offered. */
    readonly offeredRps: number;
    /** Accepted answers that came in that time, per second. */
    readonly acceptedRps: number;
  };
}

export interface Answers {
  readonly requests: number;
  readonly accepted: number;
  /** FAILED_PRECONDITION and RESOURCE_EXHAUSTED: answered no. */
  readonly refused: number;
  /** Everything else that is not OK. */
  readonly errors: number;
  /** How often each text of an error came. */
  readonly texts: ReadonlyMap<string, number>;
  readonly acceptedMicros: Histogram;
  readonly refusedMicros: Histogram;
}

const REFUSALS = new Set(['FailedPrecondition', 'ResourceExhausted']);

interface Request {
  readonly startMs: number;
  readonly endMs: number;
  readonly micros: number;
  readonly status: string;
  readonly error: string;
}

/** @param json as `ghz --format json` writes it. @throws ZodError when it is something else */
export function readGhzReport(json: string, warmUpSeconds: number): GhzRun {
  const requests = (report.parse(JSON.parse(json)).details ?? []).map(({ timestamp, latency, error, status }) => {
    const endMs = Date.parse(timestamp);
    return { startMs: endMs - latency / 1e6, endMs, micros: latency / 1e3, status, error };
  });
  let firstMs = Infinity;
  let untilMs = -Infinity;
  for (const { startMs } of requests) {
    firstMs = Math.min(firstMs, startMs);
    untilMs = Math.max(untilMs, startMs);
  }
  const fromMs = firstMs + warmUpSeconds * 1_000;
  const measured = requests.filter(({ startMs }) => startMs >= fromMs);
  const seconds = (untilMs - fromMs) / 1_000;
  const came = requests.filter(({ status, endMs }) => status === 'OK' && endMs >= fromMs && endMs <= untilMs);
  return {
    all: answersOf(requests),
    measured: {
      ...answersOf(measured),
      seconds,
      offeredRps: measured.length / seconds,
      acceptedRps: came.length / seconds,
    },
  };
}

function answersOf(requests: readonly Request[]): Answers {
  const acceptedMicros = latencyHistogram();
  const refusedMicros = latencyHistogram();
  const texts = new Map<string, number>();
  let [accepted, refused, errors] = [0, 0, 0];
  for (const { status, error, micros } of requests) {
    if (error !== '') texts.set(error, (texts.get(error) ?? 0) + 1);
    if (status === 'OK') {
      accepted += 1;
      recordMs(acceptedMicros, micros / 1_000);
    } else if (REFUSALS.has(status)) {
      refused += 1;
      recordMs(refusedMicros, micros / 1_000);
    } else errors += 1;
  }
  return { requests: requests.length, accepted, refused, errors, texts, acceptedMicros, refusedMicros };
}
