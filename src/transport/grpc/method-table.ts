import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/**
 * A request that is not the message it should be. grpc-js would answer INTERNAL
 * without a detail; this way the method answers INVALID_ARGUMENT like for any other
 * bad input.
 */
export class Malformed {
  constructor(readonly problem: string) {}
}

/**
 * The service with a decoder that never throws: a request is decoded or is Malformed.
 * @param bytesMax largest request of a method, in bytes; the default for those not named.
 */
export function tolerant<Service extends ServiceDefinition<UntypedServiceImplementation>>(
  service: Service,
  bytesMax: Readonly<Record<string, number>> & { readonly default: number },
): ServiceDefinition<UntypedServiceImplementation> {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]: [string, MethodDefinition<unknown, unknown>]) => [
      name,
      { ...method, requestDeserialize: decoder(method, bytesMax[name] ?? bytesMax.default) },
    ]),
  );
}

function decoder(method: MethodDefinition<unknown, unknown>, bytesMax: number): (bytes: Buffer) => unknown {
  return (bytes) => {
    if (bytes.length > bytesMax) return new Malformed(`has ${String(bytes.length)} bytes, at most ${String(bytesMax)} are taken`);
    try {
      return method.requestDeserialize(bytes);
    } catch {
      return new Malformed('is not a valid protobuf message');
    }
  };
}
