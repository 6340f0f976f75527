import { FrameTooLong, MalformedFrame } from './malformed-frame.js';

/** Before every message of a gRPC stream: whether it is compressed (1 byte) and its length (4 bytes, big-endian). */
export const PREFIX_BYTES = 5;

/** Fills in the prefix of a message that was written with room for it. */
export function withPrefix(message: Buffer): Buffer {
  message.writeUInt8(0, 0);
  message.writeUInt32BE(message.length - PREFIX_BYTES, 1);
  return message;
}

/**
 * Cuts the bytes of a gRPC stream into messages, when it is asked for the next: whoever
 * stops asking has the rest kept for later. A message is a view of what arrived, copied
 * only when it arrived in pieces.
 */
export class MessageSplitter {
  private pieces: Buffer[] = [];
  private heldBytes = 0;
  /** Bytes that must be there before there is anything to do: a prefix, or a prefix and its message. */
  private neededBytes = PREFIX_BYTES;

  /** @param messageBytesMax a longer message is refused before it is here */
  constructor(private readonly messageBytesMax: number) {}

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.heldBytes += piece.length;
  }

  /** Nothing of a further message is here. */
  get isEmpty(): boolean {
    return this.heldBytes === 0;
  }

  /** The next message, or undefined when it is not complete. @throws MalformedFrame, and again on every later call */
  next(): Buffer | undefined {
    if (this.heldBytes < this.neededBytes) return undefined;
    const bytes = this.join();
    if (this.neededBytes === PREFIX_BYTES) this.neededBytes = PREFIX_BYTES + this.messageLength(bytes);
    if (bytes.length < this.neededBytes) return undefined;
    const message = bytes.subarray(PREFIX_BYTES, this.neededBytes);
    this.keep(bytes.subarray(this.neededBytes));
    this.neededBytes = PREFIX_BYTES;
    return message;
  }

  private join(): Buffer {
    const [first] = this.pieces;
    const bytes = first !== undefined && this.pieces.length === 1 ? first : Buffer.concat(this.pieces, this.heldBytes);
    this.keep(bytes);
    return bytes;
  }

  private keep(bytes: Buffer): void {
    this.pieces = bytes.length === 0 ? [] : [bytes];
    this.heldBytes = bytes.length;
  }

  private messageLength(bytes: Buffer): number {
    if (bytes.readUInt8(0) !== 0) throw new MalformedFrame('a compressed frame, which this side does not take');
    const length = bytes.readUInt32BE(1);
    if (length > this.messageBytesMax) throw new FrameTooLong(length, this.messageBytesMax);
    return length;
  }
}
