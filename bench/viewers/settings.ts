import type { ConfigInput } from '../../src/config/index.js';

/**
 * Where the cluster under load differs from the defaults. A sign of life from each of
 * 100,000 viewers every 16 s, and a word to each every 3 s about where the stream is,
 * would be most of what two cores can send: both become rare. Holds outlive the run.
 */
export const clusterSettings = {
  node: { logLevel: 'warn' },
  streams: { progressIntervalMs: 60_000 },
  http: { viewerIdleTimeoutSeconds: 960 },
  screening: { holdTtlMs: 1_800_000 },
  demoData: false,
} satisfies ConfigInput;

/** Of the floor's sockets: as src/transport/http/viewer-socket.ts sets those of the cluster. */
export const socketSettings = {
  maxPayloadLength: 1_024,
  idleTimeout: clusterSettings.http.viewerIdleTimeoutSeconds,
  sendPingsAutomatically: true,
  maxBackpressure: 1_048_576,
  closeOnBackpressureLimit: true,
};
