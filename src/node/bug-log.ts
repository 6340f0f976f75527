import type { Log } from '../telemetry/index.js';
import type { OnBug } from '../transport/api/index.js';

/** Errors that are bugs, as log lines with their stack; callers see INTERNAL without detail. */
export function bugLog(log: Log): OnBug {
  return (method, err) => {
    log.error({ method, err }, 'internal error');
  };
}
