import type { HttpProbe } from '../transport/http/index.js';
import type { Metrics } from './metrics.js';

/** The HTTP port's news as metrics. */
export function httpProbe(metrics: Metrics): HttpProbe {
  return {
    requestAnswered(route, status, tookMs) {
      metrics.httpSeconds.observe({ route, status }, tookMs / 1000);
    },
    requestAborted(route) {
      metrics.httpAborts.inc({ route });
    },
    viewersChanged(viewers) {
      metrics.viewers.set(viewers);
    },
    framesSent(kind, receivers, bytes) {
      metrics.frames.inc({ kind }, receivers);
      metrics.frameBytes.inc(bytes);
    },
    viewerFellBehind() {
      metrics.slowViewers.inc();
    },
    viewerRefused(reason) {
      metrics.viewerRefusals.inc({ reason });
    },
  };
}
