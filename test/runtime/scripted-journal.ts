import type { AppendResult, JournalReader, JournalRow, JournalWriter, TurnRecord } from '../../src/runtime/index.js';

/** A journal whose every commit waits for the test to say what became of it. */
export class ScriptedJournal implements JournalWriter<never>, JournalReader {
  readonly rows: JournalRow[] = [];
  /** Statements that have not been answered. */
  readonly open: {
    readonly lane: number;
    readonly turns: readonly TurnRecord<never>[];
    answer(result: AppendResult | Error): void;
  }[] = [];
  /** Answers every statement at once with this. */
  always: AppendResult | Error | undefined;

  appendBatch(lane: number, turns: readonly TurnRecord<never>[]): Promise<readonly AppendResult[]> {
    return new Promise((resolve, reject) => {
      const answer = (result: AppendResult | Error): void => {
        if (result instanceof Error) {
          reject(result);
          return;
        }
        if (result === 'committed')
          this.rows.push(...turns.map(({ revision, epoch, events }) => ({ revision, epoch, events })));
        resolve(turns.map(() => result));
      };
      if (this.always !== undefined) answer(this.always);
      else this.open.push({ lane, turns, answer });
    });
  }

  /** Answers the oldest open statement. */
  answer(result: AppendResult | Error = 'committed'): void {
    const statement = this.open.shift();
    if (statement === undefined) throw new Error('no statement is open');
    statement.answer(result);
  }

  read(_entityId: string, afterRevision: number, limit: number): Promise<readonly JournalRow[]> {
    return Promise.resolve(this.rows.filter(({ revision }) => revision > afterRevision).slice(0, limit));
  }
}
