/** Under npm one Ctrl-C arrives twice, from the terminal and from npm: within this time it is the same signal. */
const SAME_SIGNAL_MS = 250;

/** Calls `first` at the first SIGTERM or SIGINT, and `again` at every later one. */
export function onStopSignals(first: () => void, again: () => void): void {
  let sinceMs: number | undefined;
  const signalled = (): void => {
    if (sinceMs === undefined) {
      sinceMs = performance.now();
      first();
    } else if (performance.now() - sinceMs > SAME_SIGNAL_MS) again();
  };
  process.on('SIGTERM', signalled);
  process.on('SIGINT', signalled);
}
