/** The part of RFC 6455 that a viewer needs: whole, unmasked frames from the server, short masked ones to it. */
export const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;
const MASKED = 0x80;
const SHORT_MAX = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** Undefined while the frame is not whole. @throws Error for one that is fragmented or masked */
export function readFrame(bytes: Buffer, start: number): Frame | undefined {
  if (bytes.length < start + 2) return undefined;
  const first = bytes.readUInt8(start);
  const second = bytes.readUInt8(start + 1);
  if ((first & FIN) === 0 || (second & MASKED) !== 0) throw new Error('a frame of a form no server here sends');
  let from = start + 2;
  let length = second;
  if (length === LENGTH_16) {
    if (bytes.length < from + 2) return undefined;
    length = bytes.readUInt16BE(from);
    from += 2;
  } else if (length === LENGTH_64) {
    if (bytes.length < from + 8) return undefined;
    length = Number(bytes.readBigUInt64BE(from));
    from += 8;
  }
  const end = from + length;
  return bytes.length < end ? undefined : { opcode: first & 0x0f, payload: bytes.subarray(from, end), end };
}

/** A frame of a client; its mask is 0, which leaves the payload as it is. @throws RangeError above 125 bytes */
export function clientFrame(opcode: number, payload: Uint8Array): Buffer {
  if (payload.length > SHORT_MAX) throw new RangeError('viewers have little to say');
  return Buffer.concat([Buffer.from([FIN | opcode, MASKED | payload.length, 0, 0, 0, 0]), payload]);
}
