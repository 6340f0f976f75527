/** What a node says about itself: logs and metrics. */
export { httpProbe } from './http-probe.js';
export { openLog, type Log } from './log.js';
export { openMetrics, type Metrics } from './metrics.js';
export { redisProbe } from './redis-probe.js';
export { runtimeProbe } from './runtime-probe.js';
