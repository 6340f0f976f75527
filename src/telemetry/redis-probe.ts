import type { RedisProbe } from '../cluster/redis/index.js';
import type { Metrics } from './metrics.js';

/** What happens between this node and Redis, as metrics. */
export function redisProbe(metrics: Metrics): RedisProbe {
  return {
    publishLost(reason) {
      metrics.busLosses.inc({ reason });
    },
    garbageReceived() {
      metrics.busGarbage.inc();
    },
    cacheRead(answer) {
      metrics.cacheReads.inc({ answer });
    },
  };
}
