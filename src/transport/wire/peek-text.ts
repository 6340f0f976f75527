import { WireType } from '@bufbuild/protobuf/wire';
import { strictReader } from './strict-reader.js';

/**
 * A text field of an encoded message, without decoding the rest: all a router has to
 * know of a request. As in decoding, the last of several counts and an absent one is
 * empty.
 * @returns undefined for bytes that are not a protobuf message.
 */
export function peekText(bytes: Uint8Array, fieldNumber: number): string | undefined {
  let found = '';
  try {
    const reader = strictReader(bytes);
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field === fieldNumber && wireType === WireType.LengthDelimited) found = reader.string();
      else reader.skip(wireType, field);
    }
  } catch {
    return undefined;
  }
  return found;
}
