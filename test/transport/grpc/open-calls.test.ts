import { credentials, makeGenericClientConstructor, Server, ServerCredentials, type Client } from '@grpc/grpc-js';
import { expect } from 'chai';
import { once } from 'node:events';
import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { keepOpenCallsById } from '../../../src/transport/grpc/open-calls.js';
import { TableById } from '../../../src/transport/table-by-id.js';
import { eventually } from '../../support/eventually.js';

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

/** The table of open streams of a session, wherever Node keeps it. */
function streamsOf(session: ServerHttp2Session): TableById<object> {
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  return (Reflect.get(session, key ?? '') as { streams: TableById<object> }).streams;
}

describe('the open calls of a gRPC server', () => {
  let server: Server;
  let client: EchoClient;
  const sessions: ServerHttp2Session[] = [];
  const sockets: Socket[] = [];
  /** Calls the server has not answered: a request of "later". */
  const waiting: { readonly answer: () => void; isCancelled: boolean }[] = [];

  beforeEach(async () => {
    sessions.length = 0;
    sockets.length = 0;
    waiting.length = 0;
    server = new Server();
    keepOpenCallsById(server);
    const create = Reflect.get(server, 'createHttp2Server') as (...given: unknown[]) => Http2Server;
    Reflect.set(server, 'createHttp2Server', (...given: unknown[]) =>
      Reflect.apply(create, server, given)
        .on('connection', (socket: Socket) => sockets.push(socket))
        .on('session', (session) => sessions.push(session)),
    );
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
    const EchoClient = makeGenericClientConstructor({ echo }, 'Echo');
    client = new EchoClient(`127.0.0.1:${String(port)}`, credentials.createInsecure()) as unknown as EchoClient;
  });
  afterEach(() => {
    client.close();
    server.forceShutdown();
  });

  const call = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      client.echo(Buffer.from(text), (error, response) => {
        if (error === null) resolve(response?.toString() ?? '');
        else reject(error);
      });
    });
  const session = (): ServerHttp2Session => {
    const [only] = sessions;
    if (only === undefined) throw new Error('nobody has called');
    return only;
  };

  it('are kept by id, each as long as it is open', async () => {
    const later = call('later');
    expect(await Promise.all(Array.from({ length: 500 }, (_, at) => call(String(at))))).to.have.length(500);
    await eventually('the call to arrive', () => waiting.length === 1);
    expect(streamsOf(session())).to.be.instanceOf(TableById);
    await eventually('only one to be open', () => streamsOf(session()).size === 1);
    waiting[0]?.answer();
    expect(await later).to.equal('later');
    await eventually('none to be open', () => streamsOf(session()).size === 0);
  });

  it('end when their connection does', async () => {
    const ended = call('later').catch((error: unknown) => error);
    await eventually('the call to arrive', () => waiting.length === 1);
    for (const socket of sockets) socket.destroy();
    await eventually('the server to know', () => waiting[0]?.isCancelled === true);
    expect(await ended).to.be.instanceOf(Error);
  });

  it('are waited for when the server is told to stop', async () => {
    const later = call('later');
    await eventually('the call to arrive', () => waiting.length === 1);
    const closed = once(session(), 'close');
    const stopped = new Promise((resolve) => {
      server.tryShutdown(resolve);
    });
    waiting[0]?.answer();
    expect(await later).to.equal('later');
    await Promise.all([stopped, closed]);
  });

  it('are cut when the server is told not to wait', async () => {
    const ended = call('later').catch((error: unknown) => error);
    await eventually('the call to arrive', () => waiting.length === 1);
    server.forceShutdown();
    expect(await ended).to.be.instanceOf(Error);
  });
});
