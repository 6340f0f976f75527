import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** The encoder of a message as ts-proto generates it. */
export interface Encoder<Message> {
  encode(message: Message, writer: BinaryWriter): BinaryWriter;
}

/**
 * Makes a serializer that keeps one writer and the buffer it has grown: allocating
 * them anew takes half the time of writing an answer.
 */
export function serializer<Message>(encoder: Encoder<Message>): (message: Message) => Buffer {
  let writer = new BinaryWriter();
  return (message) => {
    try {
      const bytes = encoder.encode(message, writer).finish();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      // What was written of the message is still in it.
      writer = new BinaryWriter();
      throw error;
    }
  };
}
