import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** The encoder of a message as ts-proto generates it. */
export interface Encoder<Message> {
  encode(message: Message, writer: BinaryWriter): BinaryWriter;
}

/** The writer's own fields, which its types keep private. */
interface WriterState {
  readonly buffer: Uint8Array;
  pos: number;
  stackPos: number[];
}

/**
 * A writer that can be used again and again, and hands its bytes out of Node's buffer
 * pool. The library's `finish` gives every answer an ArrayBuffer of its own, whose
 * allocation and collection take longer than writing the answer (2.0 us against 0.9).
 */
class PooledWriter extends BinaryWriter {
  override finish(): Buffer<ArrayBuffer> {
    const state = this as unknown as WriterState;
    const bytes = Buffer.allocUnsafe(state.pos);
    bytes.set(state.buffer.subarray(0, state.pos));
    state.pos = 0;
    state.stackPos = [];
    return bytes;
  }
}

/** Makes a serializer that keeps one writer and the buffer it has grown. */
export function serializer<Message>(encoder: Encoder<Message>): (message: Message) => Buffer {
  let writer = new PooledWriter();
  return (message) => {
    try {
      encoder.encode(message, writer);
      return writer.finish();
    } catch (error) {
      // What was written of the message is still in it.
      writer = new PooledWriter();
      throw error;
    }
  };
}
