import { WireType, type BinaryReader } from '@bufbuild/protobuf/wire';
import { MalformedFrame, PREFIX_BYTES, strictReader } from '../wire/index.js';

export const UINT32_MAX = 0xffff_ffff;
export const NO_BYTES = new Uint8Array();
export const ROOM_FOR_PREFIX = new Uint8Array(PREFIX_BYTES);

/** Both directions have hello as field 1 of their frame and the batch as field 2. */
interface FrameReaders<Frame> {
  hello(reader: BinaryReader, length: number): Frame;
  /** @param end where the batch ends in the reader's bytes */
  batch(reader: BinaryReader, end: number): Frame;
}

/** The one frame of a message. @throws MalformedFrame also for none, several or one nobody knows */
export function readFrame<Frame>(message: Uint8Array, readers: FrameReaders<Frame>): Frame {
  let frame: Frame | undefined;
  try {
    const reader = strictReader(message);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag !== 10 && tag !== 18) {
        skipField(reader, tag);
        continue;
      }
      if (frame !== undefined) throw new MalformedFrame('a message with more than one frame');
      const end = readLength(reader, reader.len);
      frame = tag === 10 ? readers.hello(reader, end - reader.pos) : readers.batch(reader, end);
      if (reader.pos !== end) throw new MalformedFrame('a frame that does not end where it says');
    }
  } catch (error) {
    if (error instanceof MalformedFrame) throw error;
    throw new MalformedFrame('a frame that is not valid protobuf', { cause: error });
  }
  if (frame === undefined) throw new MalformedFrame('a message without a frame this protocol knows');
  return frame;
}

/** Reads a length and answers where what has it ends. @throws MalformedFrame when that is beyond `limit` */
export function readLength(reader: BinaryReader, limit: number): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > limit) throw new MalformedFrame('a frame that is cut off');
  return end;
}

/** By the low three bits of a tag. Groups, which proto3 does not have, are left out. */
const wireTypes = [
  WireType.Varint,
  WireType.Bit64,
  WireType.LengthDelimited,
  undefined,
  undefined,
  WireType.Bit32,
] as const;

/** Passes over a field this program does not know: a newer one may send it. @throws MalformedFrame */
export function skipField(reader: BinaryReader, tag: number): void {
  const wireType = wireTypes[tag & 7];
  if (tag >>> 3 === 0 || wireType === undefined) throw new MalformedFrame('a field that is none');
  reader.skip(wireType);
}
