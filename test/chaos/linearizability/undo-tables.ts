/**
 * Tables whose changes can be taken back, in reverse order, and a fingerprint of what they
 * hold: the same for the same entries, however they came there. Two different contents have
 * the same with a chance of 2^-64.
 */
export class UndoTables {
  private readonly trail: (() => void)[] = [];
  private readonly prints = new Uint32Array(2);

  /** @param show what counts of an entry; nothing when it makes no difference any more */
  table<Value>(show: (key: string, value: Value) => string): UndoTable<Value> {
    const entries = new Map<string, Value>();
    const assign = (key: string, value: Value | undefined): void => {
      const before = entries.get(key);
      if (before !== undefined) this.print(show(key, before));
      if (value !== undefined) this.print(show(key, value));
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
    };
    return {
      entries,
      put: (key, value) => {
        const before = entries.get(key);
        this.whenUndone(() => assign(key, before));
        assign(key, value);
        return true;
      },
    };
  }

  /** Where `undo` can come back to. */
  mark(): number {
    return this.trail.length;
  }

  undo(mark: number): void {
    while (this.trail.length > mark) this.trail.pop()?.();
  }

  whenUndone(back: () => void): void {
    this.trail.push(back);
  }

  fingerprint(): string {
    return this.prints.join();
  }

  /** Adds an entry or takes it away. */
  private print(text: string): void {
    if (text === '') return;
    this.prints.forEach((print, index) => (this.prints[index] = print ^ hashed(text, index)));
  }
}

export interface UndoTable<Value> {
  readonly entries: ReadonlyMap<string, Value>;
  /** Undefined: no entry. */
  put(key: string, value: Value | undefined): true;
}

/** 32 bits; another 32 for every other number. */
function hashed(text: string, number: number): number {
  let hash = Math.imul(number + 1, 0x9e3779b9);
  for (let index = 0; index < text.length; index += 1) hash = mixed(hash ^ text.charCodeAt(index));
  return hash;
}

function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
