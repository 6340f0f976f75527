/** One line of what happened. */
export interface TraceLine {
  readonly atMs: number;
  readonly where: string;
  readonly what: string;
}

/**
 * What happened, twice: as a hash over everything, which two runs of one seed must
 * share, and as the last lines of a story for whoever has to understand a failure.
 */
export class Trace {
  private readonly lines: TraceLine[] = [];
  private next = 0;
  private high = 0x811c9dc5 | 0;
  private low = 0xcbf29ce4 | 0;

  /**
   * @param nowMs virtual time
   * @param kept most lines kept
   * @param listen told of every line as it comes
   */
  constructor(
    private readonly nowMs: () => number,
    private readonly kept: number,
    private readonly listen?: (line: TraceLine) => void,
  ) {}

  /** Something that must be the same in every run of the seed. */
  note(where: string, what: string): void {
    for (let index = 0; index < what.length; index += 1) this.mix(what.charCodeAt(index));
    this.remark(where, what);
  }

  /** Something for readers only: it may be left out, or differ between machines. */
  remark(where: string, what: string): void {
    const line = { atMs: this.nowMs(), where, what };
    this.lines[this.next] = line;
    this.next = (this.next + 1) % this.kept;
    this.listen?.(line);
  }

  /** Takes a number into the hash. */
  mix(value: number): void {
    this.high = Math.imul(this.high ^ value, 0x01000193);
    this.low = Math.imul(this.low ^ value, 0x85ebca6b);
    this.low ^= this.low >>> 13;
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');
    return hex(this.high) + hex(this.low);
  }

  /** The last lines, oldest first. */
  get story(): readonly TraceLine[] {
    return [...this.lines.slice(this.next), ...this.lines.slice(0, this.next)];
  }
}

export function storyLine({ atMs, where, what }: TraceLine): string {
  return `${(atMs / 1000).toFixed(4).padStart(9)} s  ${where.padEnd(10)} ${what}`;
}
