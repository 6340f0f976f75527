const open = new Set<() => Promise<unknown>>();
const EXIT_INTERRUPTED = 130;
let interrupted = false;

/** Whether everything is being closed: what fails then is a consequence and tells nothing. */
export function isInterrupted(): boolean {
  return interrupted;
}

/** Has this closed, whatever else happens, when the benchmark is interrupted. @returns to be called once it is closed */
export function closeIfInterrupted(close: () => Promise<unknown>): () => void {
  open.add(close);
  return () => open.delete(close);
}

/** From now on SIGINT and SIGTERM close what is open, above all databases, and then end the process. */
export function endOnSignals(): void {
  const end = async (): Promise<void> => {
    interrupted = true;
    // What was opened last may need what was opened before it.
    for (const close of [...open].reverse()) await close().catch(() => undefined);
    process.exit(EXIT_INTERRUPTED);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}
