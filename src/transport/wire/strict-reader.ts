import { BinaryReader } from '@bufbuild/protobuf/wire';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a protobuf message and throws on text that is not UTF-8 (proto3 asks for it);
 * the default reader would put U+FFFD in its place, and two buyers could become one.
 */
export function strictReader(bytes: Uint8Array): BinaryReader {
  return new BinaryReader(bytes, (text) => utf8.decode(text));
}
