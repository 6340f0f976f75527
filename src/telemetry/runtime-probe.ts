import { StorageUnavailable, type RuntimeProbe } from '../runtime/index.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';

/** The runtime's news as metrics, and as log lines where someone may have to act. */
export function runtimeProbe(log: Log, metrics: Metrics): RuntimeProbe {
  return {
    turnCommitted(commands, events, commitMs) {
      metrics.turnCommands.observe(commands);
      metrics.turnEvents.observe(events);
      metrics.commitSeconds.observe(commitMs / 1000);
    },
    commandFailed(kind) {
      metrics.commandFailures.inc({ kind });
    },
    activated(screening, epoch, replayedTurns, tookMs) {
      metrics.activations.inc();
      metrics.activationSeconds.observe(tookMs / 1000);
      log.debug({ screening, epoch, replayedTurns, tookMs }, 'screening activated');
    },
    activationFailed(screening, err) {
      metrics.activationFailures.inc();
      // An outage is no fault of the screening's; every one that is asked for says it.
      if (err instanceof StorageUnavailable)
        log.warn({ screening, reason: err.message }, 'screening could not be activated');
      else log.error({ screening, err }, 'screening could not be activated');
    },
    passivated(screening, reason) {
      metrics.passivations.inc({ reason });
      log.debug({ screening, reason }, 'screening passivated');
    },
    dropped(screening, reason, err) {
      metrics.drops.inc({ reason });
      log.warn({ screening, reason, err }, 'screening dropped from memory; the next command recovers it');
    },
    snapshotTaken(screening, bytes, tookMs) {
      metrics.snapshots.inc({ result: 'stored' });
      metrics.snapshotSeconds.observe(tookMs / 1000);
      log.debug({ screening, bytes, tookMs }, 'snapshot stored');
    },
    snapshotFailed(screening, err) {
      metrics.snapshots.inc({ result: 'failed' });
      log.warn({ screening, err }, 'snapshot not stored; recovery will read more of the journal');
    },
  };
}
