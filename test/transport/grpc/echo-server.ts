import { credentials, makeGenericClientConstructor, Server, ServerCredentials, type Client } from '@grpc/grpc-js';
import type { Http2Server } from 'node:http2';

const bytes = (value: Buffer): Buffer => value;
const echo = {
  path: '/test.Echo/Echo',
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
};

interface EchoClient extends Client {
  echo(request: Buffer, callback: (error: Error | null, response?: Buffer) => void): { cancel(): void };
}

/** A call that the server has not answered. */
export interface WaitingCall {
  readonly answer: () => void;
  isCancelled: boolean;
}

/** A gRPC server that answers what it is asked, and one who asks. */
export interface EchoServer {
  readonly server: Server;
  /** Calls of "later", which are answered when told to. */
  readonly waiting: readonly WaitingCall[];
  call(text: string): Promise<string>;
  /** Calls no method there is. Rejects. */
  callNobody(): Promise<unknown>;
  close(): void;
}

/** @param prepare gets the server before it is bound, and the HTTP/2 server that grpc-js makes then. */
export async function openEchoServer(
  prepare: (server: Server) => void,
  onHttp2Server: (http2Server: Http2Server) => void,
): Promise<EchoServer> {
  const server = new Server();
  const waiting: WaitingCall[] = [];
  prepare(server);
  const create = Reflect.get(server, 'createHttp2Server') as (...given: unknown[]) => Http2Server;
  Reflect.set(server, 'createHttp2Server', (...given: unknown[]) => {
    const http2Server = Reflect.apply(create, server, given);
    onHttp2Server(http2Server);
    return http2Server;
  });
  server.addService(
    { echo },
    {
      echo: (
        call: { request: Buffer; on(event: 'cancelled', listener: () => void): void },
        callback: (error: null, response: Buffer) => void,
      ) => {
        const answer = (): void => {
          callback(null, call.request);
        };
        if (call.request.toString() !== 'later') {
          answer();
          return;
        }
        const open = { answer, isCancelled: false };
        call.on('cancelled', () => (open.isCancelled = true));
        waiting.push(open);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const clientOf = (path: string): EchoClient =>
    new (makeGenericClientConstructor({ echo: { ...echo, path } }, 'Echo'))(
      `127.0.0.1:${String(port)}`,
      credentials.createInsecure(),
    ) as unknown as EchoClient;
  const client = clientOf(echo.path);
  const strayClient = clientOf('/test.Echo/Nobody');
  const callBy = (by: EchoClient, text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      by.echo(Buffer.from(text), (error, response) => {
        if (error === null) resolve(response?.toString() ?? '');
        else reject(error);
      });
    });
  return {
    server,
    waiting,
    call: (text) => callBy(client, text),
    callNobody: () => callBy(strayClient, ''),
    close: () => {
      client.close();
      strayClient.close();
      server.forceShutdown();
    },
  };
}
