import { median } from '../median.js';

/** When which command of one screening was answered rightly. Times are ms since 1970, fractions included. */
export interface Answered {
  readonly sentMs: number;
  readonly answeredMs: number;
  /** OK; otherwise it was refused, rightly. */
  readonly isOk: boolean;
}

/** ms since 1970, as the database's clock says it, with the resolution of a stop-watch. */
export const wallMs = (): number => performance.timeOrigin + performance.now();

/** The answers of one screening, in the order in which they came. */
export class Timeline {
  private readonly answers: Answered[] = [];

  record(answered: Answered): void {
    this.answers.push(answered);
  }

  /** When the first command that was sent after the moment was answered OK; undefined when none was yet. */
  firstSuccessSince(momentMs: number): number | undefined {
    return this.answers.find(({ sentMs, isOk }) => isOk && sentMs >= momentMs)?.answeredMs;
  }

  /**
   * Longest time without an answer of which at least a part lies between the two moments.
   * Undefined when nothing was answered before `fromMs` or after `toMs`.
   */
  longestGap(fromMs: number, toMs: number): number | undefined {
    const gaps = this.gaps(fromMs, toMs);
    return gaps === undefined ? undefined : Math.max(...gaps);
  }

  /** The median time between two answers. Undefined as above. */
  usualGap(fromMs: number, toMs: number): number | undefined {
    const gaps = this.gaps(fromMs, toMs);
    return gaps === undefined ? undefined : median(gaps);
  }

  private gaps(fromMs: number, toMs: number): readonly number[] | undefined {
    const first = this.answers.findLastIndex(({ answeredMs }) => answeredMs <= fromMs);
    const last = this.answers.findIndex(({ answeredMs }) => answeredMs >= toMs);
    if (first === -1 || last === -1) return undefined;
    const times = this.answers.slice(first, last + 1).map(({ answeredMs }) => answeredMs);
    return times.slice(1).map((time, index) => time - (times[index] ?? time));
  }
}
