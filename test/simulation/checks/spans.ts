import { must } from './violation.js';

/** A value and when it was so: from the moment `from` until before `to`. */
export interface Span<Value> {
  readonly from: number;
  to: number;
  readonly value: Value;
}

/** A value over all moments, for looking back. */
export class Spans<Value> {
  private readonly spans: Span<Value>[];

  constructor(from: number, first: Value) {
    this.spans = [{ from, to: Infinity, value: first }];
  }

  get newest(): Value {
    const last = this.spans.at(-1);
    must(last !== undefined, () => 'spans are never empty');
    return last.value;
  }

  set(moment: number, value: Value): void {
    const last = this.spans.at(-1);
    if (last !== undefined) last.to = moment;
    this.spans.push({ from: moment, to: Infinity, value });
  }

  /** Undefined before there was one. */
  at(moment: number): Value | undefined {
    for (let index = this.spans.length - 1; index >= 0; index -= 1) {
      const span = this.spans[index];
      if (span !== undefined && span.from <= moment) return span.value;
    }
    return undefined;
  }
}
