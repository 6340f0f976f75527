/** Of gRPC's framing: a byte that says whether the message is compressed, and its length. */
export const PREFIX_BYTES = 5;

/** The one message of a unary request, which arrives in pieces of any size. */
export class RequestMessage {
  /** Most requests come in one piece. */
  #first: Buffer | undefined;
  #further: Buffer[] | undefined;
  #bytes = 0;
  #length: number | undefined;

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#first === undefined) this.#first = piece;
    else (this.#further ??= []).push(piece);
  }

  /** Of the message without its prefix, as the prefix says; undefined until that is there. */
  get length(): number | undefined {
    if (this.#length === undefined && this.#bytes >= PREFIX_BYTES) this.#length = this.#whole().readUInt32BE(1);
    return this.#length;
  }

  /** Something came after it. */
  get isExceeded(): boolean {
    return this.length !== undefined && this.#bytes > PREFIX_BYTES + this.length;
  }

  /** There is all of it, and nothing else. */
  get isComplete(): boolean {
    return this.length !== undefined && this.#bytes === PREFIX_BYTES + this.length;
  }

  /** The message; undefined unless it is complete. */
  get complete(): Buffer | undefined {
    return this.isComplete ? this.#whole().subarray(PREFIX_BYTES) : undefined;
  }

  /** Says that the message is compressed, with what the call's headers name. */
  get isCompressed(): boolean {
    return this.#first?.[0] !== 0;
  }

  #whole(): Buffer {
    if (this.#first === undefined) return Buffer.alloc(0);
    if (this.#further !== undefined) {
      this.#first = Buffer.concat([this.#first, ...this.#further]);
      this.#further = undefined;
    }
    return this.#first;
  }
}
