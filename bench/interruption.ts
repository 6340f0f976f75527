const open = new Set<() => Promise<unknown>>();
const EXIT_INTERRUPTED = 130;
/** Closing takes seconds; a cluster's own limits, of its nodes and then of its Postgres, come to two minutes. */
const CLOSE_LIMIT_MS = 150_000;
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

/**
 * Opens something, and has it closed when the benchmark is interrupted, from the first moment on.
 * @param opening leaves nothing behind when it fails; it may give up when the signal says so
 */
export async function openInterruptibly<Opened extends { close(): Promise<void> }>(
  opening: (giveUp: AbortSignal) => Promise<Opened>,
): Promise<Opened> {
  if (interrupted) throw new Error('the benchmark was interrupted');
  const giveUp = new AbortController();
  const opened = opening(giveUp.signal);
  const closed = closeIfInterrupted(async () => {
    giveUp.abort();
    await (await opened).close();
  });
  try {
    const there = await opened;
    return {
      ...there,
      async close() {
        await there.close();
        closed();
      },
    };
  } catch (error) {
    closed();
    throw error;
  }
}

/**
 * From now on SIGINT and SIGTERM close what is open, above all databases, and then end the process. A second one
 * changes nothing: what it cut short would run on, and nobody would be there to stop it.
 */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (interrupted) return;
      process.stderr.write('\nstopping what was started\n');
      setTimeout(giveUpClosing, CLOSE_LIMIT_MS);
      void closeAll();
    });
  }
}

function giveUpClosing(): void {
  process.stderr.write(`not everything stopped within ${String(CLOSE_LIMIT_MS / 1000)} s; some of it may still run\n`);
  process.exit(EXIT_INTERRUPTED);
}

async function closeAll(): Promise<void> {
  interrupted = true;
  // What fails from now on is a consequence, also where nobody waits for it.
  process.on('uncaughtException', () => undefined);
  // What was opened last may need what was opened before it. What is opened meanwhile is closed as well.
  for (let close = last(open); close !== undefined; close = last(open)) {
    open.delete(close);
    await close().catch(() => undefined);
  }
  process.exit(EXIT_INTERRUPTED);
}

function last<Item>(items: Iterable<Item>): Item | undefined {
  return [...items].at(-1);
}
