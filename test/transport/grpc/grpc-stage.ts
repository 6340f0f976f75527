import { systemClock } from '../../../src/runtime/index.js';
import type { BoxOffice, EncodedMethods } from '../../../src/transport/api/index.js';
import { openGrpcServer, type GrpcServerOptions } from '../../../src/transport/grpc/index.js';
import { connectBoxOffice, type BoxOfficeClient } from '../../support/box-office-client.js';

/** What stands behind the port. What a script leaves out must not be asked. */
export interface GrpcScript {
  readonly boxOffice?: Partial<BoxOffice>;
  readonly encoded?: Partial<EncodedMethods>;
  readonly open?: GrpcServerOptions['streams']['open'];
  readonly readiness?: GrpcServerOptions['readiness'];
  readonly limits?: Partial<GrpcServerOptions['limits']>;
  readonly onOverloaded?: () => void;
}

export interface GrpcStage {
  readonly client: BoxOfficeClient;
  readonly address: string;
  /** Open to its port. */
  connections(): number;
  /** What came out as a bug, with its method. */
  readonly bugs: { readonly method: string; readonly error: unknown }[];
  close(): Promise<void>;
}

/** The gRPC port of a node over a real socket, with scripted answers. */
export async function openGrpcStage(script: GrpcScript): Promise<GrpcStage> {
  const { boxOffice, encoded, open, readiness, limits, onOverloaded = () => undefined } = script;
  const bugs: { method: string; error: unknown }[] = [];
  const server = await openGrpcServer({
    host: '127.0.0.1',
    port: 0,
    boxOffice: scripted<BoxOffice>(boxOffice),
    ...(encoded === undefined ? {} : { encoded: encoded as EncodedMethods }),
    cluster: scripted<GrpcServerOptions['cluster']>({}),
    streams: { open: open ?? unexpected },
    readiness: readiness ?? { isReady: () => true, onChange: () => () => undefined },
    clock: systemClock,
    limits: {
      commandBytesMax: 1_024,
      seatingPlanBytesMax: 1_024,
      callsMax: 10,
      connectionsMax: 10,
      callsPerConnectionMax: 10,
      executePipelineMax: 10,
      executeStreamsMax: 10,
      watchersMax: 10,
      commandTimeoutMs: 5_000,
      closeTimeoutMs: 1_000,
      ...limits,
    },
    onOverloaded,
    onBug: (method, error) => bugs.push({ method, error }),
  });
  const address = `127.0.0.1:${String(server.port)}`;
  const client = connectBoxOffice(address);
  return {
    client,
    address,
    connections: () => server.connections,
    bugs,
    close() {
      client.close();
      return server.close();
    },
  };
}

function unexpected(): never {
  throw new Error('not in the script');
}

function scripted<Methods extends object>(script: Partial<Methods> = {}): Methods {
  return new Proxy(script, { get: (target, name): unknown => Reflect.get(target, name) ?? unexpected }) as Methods;
}
