import { forkProgram, type Forked } from './forked.js';
import type { Expected, FromViewers, Protocol, Receipt, ToViewers } from './messages.js';

type Hall = Forked<ToViewers, FromViewers>;

/** Viewers of one system, spread over some processes. */
export interface Crowd {
  /** Viewers that were asked for so far. */
  readonly size: number;
  /** Connects more until there are so many; resolves when each has its first snapshot, or has failed. */
  growTo(viewers: number, ports: readonly number[], path: string): Promise<void>;
  /** When each of them had the revision. @throws Error when some do not have it by then */
  received(revision: number, limitMs: number): Promise<Receipt['at']>;
  check(expected: Expected): Promise<{ readonly right: number; readonly faults: readonly string[] }>;
  /** Idempotent. */
  close(): Promise<void>;
}

const SEMI_SPACE = '--max-semi-space-size=16';

/** 127.0.0.2 and on: every process has an address of its own, and so ports enough. */
let nextHost = 2;

export async function openCrowd(processes: number, protocol: Protocol): Promise<Crowd> {
  const firstHost = nextHost;
  nextHost += processes;
  const halls = Array.from({ length: processes }, (): Hall =>
    forkProgram('./viewer-process.js', [protocol], { execArgv: [SEMI_SPACE] }),
  );
  const receipts = new Receipts(halls);
  await Promise.all(halls.map((hall) => hall.next('ready')));
  let size = 0;
  return {
    get size() {
      return size;
    },
    async growTo(viewers, ports, path) {
      const shares = halls.map((_, index) => shareOf(viewers, processes, index) - shareOf(size, processes, index));
      const connecting = halls.map((hall, index) => {
        const localAddress = `127.0.0.${String(firstHost + index)}`;
        const connected = hall.next('connected');
        hall.send({ kind: 'connect', viewers: shares[index] ?? 0, ports, path, localAddress });
        return connected;
      });
      await inTime(Promise.all(connecting), `${String(viewers)} viewers did not all connect`);
      size = viewers;
    },
    received: (revision, limitMs) => receipts.of(revision, limitMs),
    async check(expected) {
      const checks = await Promise.all(
        halls.map((hall) => {
          const checked = hall.next('checked');
          hall.send({ kind: 'check', expected });
          return checked;
        }),
      );
      return {
        right: checks.reduce((sum, { right }) => sum + right, 0),
        faults: checks.flatMap(({ faults }) => faults),
      };
    },
    async close() {
      await Promise.all(halls.map((hall) => hall.close()));
    },
  };
}

const CONNECTED_WITHIN_MS = 90_000;

/** @throws Error that says what did not happen, when it takes too long */
async function inTime(work: Promise<unknown>, otherwise: string): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    limit = setTimeout(() => reject(new Error(otherwise)), CONNECTED_WITHIN_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(limit));
}

function shareOf(viewers: number, processes: number, index: number): number {
  return Math.floor(viewers / processes) + (index < viewers % processes ? 1 : 0);
}

/** Collects what the processes tell of each revision; it may come before anybody asks. */
class Receipts {
  private readonly byRevision = new Map<number, Receipt['at'][number][][]>();
  private waiting: (() => void) | undefined;

  constructor(private readonly halls: readonly Hall[]) {
    for (const hall of halls)
      hall.onMessage((message) => {
        if (message.kind !== 'received') return;
        const { revision, at } = message.receipt;
        this.byRevision.set(revision, [...(this.byRevision.get(revision) ?? []), [...at]]);
        this.waiting?.();
      });
  }

  async of(revision: number, limitMs: number): Promise<Receipt['at']> {
    const told = (): Receipt['at'][number][][] => this.byRevision.get(revision) ?? [];
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => {
        const late = this.halls.length - told().length;
        reject(new Error(`viewers of ${String(late)} processes do not have revision ${String(revision)}`));
      }, limitMs);
      this.waiting = () => {
        if (told().length < this.halls.length) return;
        clearTimeout(limit);
        resolve();
      };
      this.waiting();
    }).finally(() => (this.waiting = undefined));
    const receipts = told();
    this.byRevision.delete(revision);
    return receipts.flat();
  }
}
