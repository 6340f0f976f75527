import { pino } from 'pino';
import { openMetrics, type Log, type Metrics } from '../../../src/telemetry/index.js';
import type { Trace } from '../kernel/trace.js';

let shared: Metrics | undefined;

/** One set of metrics for every node of every run: nobody reads them, and making them is dear. */
export function sharedMetrics(): Metrics {
  shared ??= { ...openMetrics('simulation'), gauge: () => undefined };
  return shared;
}

const silent = pino({ level: 'silent' });

/** A node's log as lines of the story, when somebody reads it. */
export function storyLog(trace: Trace, where: string, isRead: boolean): Log {
  if (!isRead) return silent;
  const options = { level: 'debug', base: undefined, timestamp: false, serializers: { err: pino.stdSerializers.err } };
  return pino(options, {
    write: (line: string) => {
      trace.remark(where, `log ${line.trimEnd()}`);
    },
  });
}
