import { createRequire } from 'node:module';
import path from 'node:path';
import {
  credentials,
  loadPackageDefinition,
  type Client,
  type ClientDuplexStream,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** A message as proto-loader has it, with the names of the proto file. */
export type ReflectionMessage = Readonly<Record<string, unknown>>;

export type ReflectionStream = ClientDuplexStream<ReflectionMessage, ReflectionMessage>;

export interface ReflectionClient {
  open(): ReflectionStream;
  /** Asks one question on a stream of its own. */
  ask(request: ReflectionMessage): Promise<ReflectionMessage>;
  close(): void;
}

/** A client of server reflection made from the protocol's own proto, as a tool would. */
export function connectReflection(address: string, version: 'v1' | 'v1alpha' = 'v1'): ReflectionClient {
  const entry = createRequire(import.meta.url).resolve('@grpc/reflection');
  const proto = path.join(
    entry.slice(0, entry.indexOf(`${path.sep}build${path.sep}`)),
    'build',
    'proto',
    'grpc',
    'reflection',
    version,
    'reflection.proto',
  );
  const loaded: unknown = loadPackageDefinition(loadSync(proto, { keepCase: true, oneofs: true, defaults: false }));
  const service = ['grpc', 'reflection', version, 'ServerReflection'].reduce<unknown>(
    (at, name) => Reflect.get(at as object, name),
    loaded,
  );
  const client: Client = new (service as ServiceClientConstructor)(address, credentials.createInsecure());
  const open = (): ReflectionStream => {
    const method: unknown = Reflect.get(client, 'ServerReflectionInfo');
    return (method as () => ReflectionStream).call(client);
  };
  return {
    open,
    ask(request) {
      return new Promise((resolve, reject) => {
        const stream = open();
        stream.on('data', (answer: ReflectionMessage) => {
          resolve(answer);
          stream.end();
        });
        stream.on('error', reject);
        stream.write(request);
      });
    },
    close: () => client.close(),
  };
}
