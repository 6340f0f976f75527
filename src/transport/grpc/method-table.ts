import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { serializer, type Encoder } from './message-writer.js';

/**
 * A request that is not the message it should be. grpc-js would answer INTERNAL
 * without a detail; this way the method answers INVALID_ARGUMENT like for any other
 * bad input.
 */
export class Malformed {
  constructor(readonly problem: string) {}
}

/**
 * The service as the generated code has it, with a decoder that never throws (a request
 * is decoded or is Malformed) and an encoder that keeps its buffer.
 * @param answers the response message of each method that answers often.
 * @param bytesMax largest request of a method, in bytes; the default for those not named.
 */
export function methodTable<Service extends ServiceDefinition>(
  service: Service,
  answers: { readonly [Name in keyof Service]?: Encoder<unknown> },
  bytesMax: Readonly<Record<string, number>> & { readonly default: number },
): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]: [string, MethodDefinition<unknown, unknown>]) => {
      const answer = answers[name];
      return [
        name,
        {
          ...method,
          requestDeserialize: decoder(method, bytesMax[name] ?? bytesMax.default),
          responseSerialize: answer === undefined ? method.responseSerialize : serializer(answer),
        },
      ];
    }),
  );
}

function decoder(method: MethodDefinition<unknown, unknown>, bytesMax: number): (bytes: Buffer) => unknown {
  return (bytes) => {
    if (bytes.length > bytesMax)
      return new Malformed(`has ${String(bytes.length)} bytes, at most ${String(bytesMax)} are taken`);
    try {
      return method.requestDeserialize(strictReader(bytes));
    } catch {
      return new Malformed('is not a valid protobuf message');
    }
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text that is not UTF-8 makes a message malformed (proto3 asks for it); the default
 * decoder would put U+FFFD in its place, and two buyers could become one. Generated
 * decoders take a reader in place of bytes, which grpc-js' types do not know.
 */
function strictReader(bytes: Buffer): Buffer {
  return new BinaryReader(bytes, (text) => utf8.decode(text)) as unknown as Buffer;
}
