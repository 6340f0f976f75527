import Table from 'cli-table3';
import ora from 'ora';
import { apiJson } from './api-json.js';

/** Width to draw for when the output is no terminal. */
const USUAL_COLUMNS = 120;

/** Where a command's answer goes: text for people, or one line of JSON for programs. */
export class Output {
  constructor(readonly isJson: boolean) {}

  /** Of the terminal. */
  get columns(): number {
    return process.stdout.isTTY ? process.stdout.columns : USUAL_COLUMNS;
  }

  /** Colours are for terminals, unless their owner wants none (https://no-color.org). */
  get hasColors(): boolean {
    return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  }

  /** The answer: `message` as JSON, or the lines. */
  answer(message: unknown, lines: () => readonly string[]): void {
    if (this.isJson) this.line(JSON.stringify(apiJson(message)));
    else for (const line of lines()) this.line(line);
  }

  line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /**
   * Does the work with a spinner beside it, on a terminal; on stderr, for stdout has the answer.
   * @param work may say how far it is, in place of `text`
   */
  async during<Result>(text: string, work: (say: (text: string) => void) => Promise<Result>): Promise<Result> {
    if (this.isJson || !process.stderr.isTTY) return work(() => undefined);
    const spinner = ora(text).start();
    try {
      return await work((now) => {
        spinner.text = now;
      });
    } finally {
      spinner.stop();
    }
  }
}

/** Columns without rules, which are easy to read and to cut. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  };
  const inner = {
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  };
  const drawn = new Table({
    head: head.map((title) => title.toUpperCase()),
    chars: { ...none, ...inner },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** Local date and time to the minute. */
export function timeText(time: Date | undefined): string {
  if (time === undefined) return '';
  const two = (part: number): string => String(part).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** Local time of day to the second. */
export function clockText(time: Date | undefined): string {
  return time === undefined ? '' : time.toTimeString().slice(0, 8);
}
