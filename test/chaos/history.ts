import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * What clients asked and what they were told, as JSON lines: a header, then one line
 * for every operation. All times are milliseconds from the start of the recording on
 * the recorder's monotonic clock. `porcupine/main.go` reads the same lines.
 */

const seatIds = z.array(z.string());

const request = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hold'), buyerId: z.string(), seatIds, ttlMs: z.number() }),
  z.object({ kind: z.literal('extend'), buyerId: z.string(), holdToken: z.string(), ttlMs: z.number() }),
  /** No seats: all of them. */
  z.object({ kind: z.literal('release'), buyerId: z.string(), holdToken: z.string(), seatIds }),
  z.object({ kind: z.literal('confirm'), buyerId: z.string(), holdToken: z.string() }),
  z.object({ kind: z.literal('book'), buyerId: z.string(), seatIds }),
  /** No seats: all of them. */
  z.object({ kind: z.literal('cancel'), buyerId: z.string(), bookingId: z.string(), seatIds }),
  z.object({ kind: z.literal('get-hold'), buyerId: z.string(), holdToken: z.string() }),
  z.object({ kind: z.literal('get-booking'), bookingId: z.string() }),
]);

const answer = z.object({
  /** The hold token or booking id it is about. */
  id: z.string(),
  /** What the hold or booking has after it. */
  seatIds,
  /** Given back by a release or a cancellation. */
  goneSeatIds: seatIds.optional(),
  /** Of the change; absent for reads. */
  revision: z.number().optional(),
  /** End of the hold, when the answer is about one that goes on. */
  expireMs: z.number().optional(),
});

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok'), answer }),
  /** A business "no". `seats` are those in the way by why, `ended` is how a hold or booking had ended. */
  z.object({
    kind: z.literal('refused'),
    reason: z.string(),
    seats: z.record(z.string(), z.string()).optional(),
    ended: z.string().optional(),
  }),
  /** Nobody said what became of it. It may take effect at any later time, or never. */
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
]);

const operation = z.object({
  /** Unique in the history, in order of invocation. */
  id: z.number().int(),
  client: z.string(),
  screeningId: z.string(),
  /** The same for every attempt; empty for reads. */
  requestId: z.string(),
  request,
  /** Of the first attempt. */
  invokedMs: z.number(),
  /** Of the last attempt; null while the outcome is unknown. */
  returnedMs: z.number().nullable(),
  /** Nodes it was sent to, one for every attempt. */
  nodes: z.array(z.string()),
  /** Whether an attempt before the last ended without an answer: it may still be under way somewhere. */
  inDoubt: z.boolean(),
  /** An attempt that ended without an answer takes effect by then or never; null: at any time. */
  lateByMs: z.number().nullable(),
  outcome,
});

const header = z.object({
  history: z.literal(1),
  seed: z.string(),
  /** Wall clock at the start, ms since 1970. */
  startedAtMs: z.number(),
});

export type Request = z.infer<typeof request>;
export type Answer = z.infer<typeof answer>;
export type Outcome = z.infer<typeof outcome>;
export type Refused = Extract<Outcome, { kind: 'refused' }>;
export type Operation = z.infer<typeof operation>;
export type HistoryHeader = z.infer<typeof header>;

/** An operation under way. */
export interface OpenOperation {
  /**
   * Call before each attempt.
   * @param lateByMs from now: how long it can take until it has no effect any more
   */
  attempt(node: string, lateByMs: number): void;
  /** Call once. An attempt that ended without an answer before this makes the operation `inDoubt`. */
  end(outcome: Outcome): void;
}

/** Records operations as they happen, in memory and in a file. */
export class HistoryRecorder {
  private readonly ended: Operation[] = [];
  private readonly open = new Map<number, () => void>();
  private readonly startedMs = performance.now();
  private readonly startedAtMs = Date.now();
  private nextId = 0;

  private constructor(private readonly stream: WriteStream) {}

  /** @param seed of the run, kept in the header */
  static create(file: string, seed: string): HistoryRecorder {
    const recorder = new HistoryRecorder(createWriteStream(file));
    recorder.write({ history: 1, seed, startedAtMs: recorder.startedAtMs } satisfies HistoryHeader);
    return recorder;
  }

  /** Milliseconds since the start. */
  now(): number {
    return performance.now() - this.startedMs;
  }

  /** A time of the nodes' wall clock, which this machine shares, on the history's time line. */
  fromWallClock(time: Date): number {
    return time.getTime() - this.startedAtMs;
  }

  /** Operations that ended so far. */
  get size(): number {
    return this.ended.length;
  }

  begin(asked: Pick<Operation, 'client' | 'screeningId' | 'requestId' | 'request'>): OpenOperation {
    const id = this.nextId++;
    const invokedMs = this.now();
    const nodes: string[] = [];
    let latestMs = invokedMs;
    const end = (outcome: Outcome): void => {
      if (!this.open.delete(id)) return;
      const returnedMs = outcome.kind === 'unknown' ? null : this.now();
      const inDoubt = nodes.length > 1;
      const done = { id, ...asked, invokedMs, returnedMs, nodes, inDoubt, lateByMs: latestMs, outcome };
      this.ended.push(done);
      this.write(done);
    };
    this.open.set(id, () => end({ kind: 'unknown', reason: 'the run ended' }));
    const attempt = (node: string, lateByMs: number): void => {
      nodes.push(node);
      latestMs = Math.max(latestMs, this.now() + lateByMs);
    };
    return { attempt, end };
  }

  /** Those still under way stay unknown. Answers every operation, in order of invocation. */
  async close(): Promise<readonly Operation[]> {
    for (const end of [...this.open.values()]) end();
    this.stream.end();
    await once(this.stream, 'close');
    return this.ended.sort((a, b) => a.id - b.id);
  }

  private write(line: HistoryHeader | Operation): void {
    this.stream.write(`${JSON.stringify(line)}\n`);
  }
}

/** What `HistoryRecorder` wrote. @throws ZodError or SyntaxError for anything else */
export async function readHistory(
  file: string,
): Promise<{ readonly header: HistoryHeader; readonly operations: readonly Operation[] }> {
  const [first = '', ...rest] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const operations = rest.map((line) => operation.parse(JSON.parse(line)));
  return { header: header.parse(JSON.parse(first)), operations: operations.sort((a, b) => a.id - b.id) };
}

/** A whole history as `HistoryRecorder` would have written it. */
export function historyText(operations: readonly Operation[], seed = 'none'): string {
  const head: HistoryHeader = { history: 1, seed, startedAtMs: 0 };
  return [head, ...operations].map((line) => `${JSON.stringify(line)}\n`).join('');
}
