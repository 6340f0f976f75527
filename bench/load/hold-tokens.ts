const TOKEN_BYTES = 22;
const FIRST_SEATS = 1_024;

/**
 * Hold tokens of one screening, by the number in the seat's id S-<number>, outside V8's
 * heap. A run keeps the token of every hold for the sweep: as strings in a Map they were
 * most of what the load generator's collections had to visit, and a full one of them
 * stopped it for 0.4 s in the middle of somebody's turn.
 */
export class HoldTokens implements Iterable<readonly [seat: number, token: string]> {
  #bytes = Buffer.alloc(FIRST_SEATS * TOKEN_BYTES);
  #size = 0;

  /** The same in one. */
  static merged(...all: readonly HoldTokens[]): HoldTokens {
    const merged = new HoldTokens();
    for (const tokens of all) merged.addAll(tokens);
    return merged;
  }

  /** Seats that have a token. */
  get size(): number {
    return this.#size;
  }

  /** @param token 22 characters as checkHold wants them; one that was there before is replaced. @throws RangeError otherwise */
  set(seat: number, token: string): void {
    if (token.length !== TOKEN_BYTES) throw new RangeError(`a hold token has ${String(TOKEN_BYTES)} characters`);
    const at = seat * TOKEN_BYTES;
    this.#reach(at + TOKEN_BYTES);
    if (this.#bytes[at] === 0) this.#size += 1;
    this.#bytes.write(token, at, 'latin1');
  }

  addAll(others: HoldTokens): void {
    this.#reach(others.#bytes.length);
    for (let at = 0; at < others.#bytes.length; at += TOKEN_BYTES) {
      if (others.#bytes[at] === 0) continue;
      if (this.#bytes[at] === 0) this.#size += 1;
      others.#bytes.copy(this.#bytes, at, at, at + TOKEN_BYTES);
    }
  }

  /** By seat, lowest first. */
  *[Symbol.iterator](): IterableIterator<readonly [seat: number, token: string]> {
    for (let at = 0; at < this.#bytes.length; at += TOKEN_BYTES) {
      if (this.#bytes[at] !== 0) yield [at / TOKEN_BYTES, this.#bytes.toString('latin1', at, at + TOKEN_BYTES)];
    }
  }

  #reach(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    let length = this.#bytes.length;
    while (length < bytes) length *= 2;
    const grown = Buffer.alloc(length);
    this.#bytes.copy(grown);
    this.#bytes = grown;
  }
}
