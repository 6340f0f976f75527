import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { serializer, strictReader, type Encoder } from '../wire/index.js';

/**
 * A request that is not the message it should be. grpc-js would answer INTERNAL
 * without a detail; this way the method answers INVALID_ARGUMENT like for any other
 * bad input.
 */
export class Malformed {
  constructor(readonly problem: string) {}
}

/** A method of a service that says how large a request may be. */
export interface BoundedMethod extends MethodDefinition<unknown, unknown> {
  /** In bytes. A larger one is Malformed. */
  readonly requestBytesMax: number;
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
): Record<string, BoundedMethod> {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]: [string, MethodDefinition<unknown, unknown>]) => {
      const answer = answers[name];
      const requestBytesMax = bytesMax[name] ?? bytesMax.default;
      return [
        name,
        {
          ...method,
          requestBytesMax,
          requestDeserialize: decoder(method, requestBytesMax),
          responseSerialize: answer === undefined ? method.responseSerialize : serializer(answer),
        },
      ];
    }),
  );
}

/** The method with requests left as bytes, and answers that are bytes already or still a message. */
export function encodedMethod(method: BoundedMethod): BoundedMethod {
  return {
    ...method,
    requestDeserialize: (bytes) => tooLarge(bytes.length, method.requestBytesMax) ?? bytes,
    responseSerialize: (answer) => (Buffer.isBuffer(answer) ? answer : method.responseSerialize(answer)),
  };
}

/** @param bytes of the request */
export function tooLarge(bytes: number, bytesMax: number): Malformed | undefined {
  return bytes > bytesMax
    ? new Malformed(`has ${String(bytes)} bytes, at most ${String(bytesMax)} are taken`)
    : undefined;
}

function decoder(method: MethodDefinition<unknown, unknown>, bytesMax: number): (bytes: Buffer) => unknown {
  return (bytes) => {
    const refused = tooLarge(bytes.length, bytesMax);
    if (refused !== undefined) return refused;
    try {
      // Generated decoders take a reader in place of bytes, which grpc-js' types do not know.
      return method.requestDeserialize(strictReader(bytes) as unknown as Buffer);
    } catch {
      return new Malformed('is not a valid protobuf message');
    }
  };
}
