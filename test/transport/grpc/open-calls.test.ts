import { expect } from 'chai';
import { once } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { Handful } from '../../../src/transport/grpc/handful.js';
import { keepOpenCallsById } from '../../../src/transport/grpc/open-calls.js';
import { TableById } from '../../../src/transport/table-by-id.js';
import { eventually } from '../../support/eventually.js';
import { openEchoServer, type EchoServer } from './echo-server.js';

interface OpenStreams {
  readonly streams: TableById<object>;
  readonly pendingStreams: Handful<object>;
}

/** The open streams of a session, wherever Node keeps them. */
function streamsOf(session: ServerHttp2Session): OpenStreams {
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  return Reflect.get(session, key ?? '') as OpenStreams;
}

describe('the open calls of a gRPC server', () => {
  let echo: EchoServer;
  const sessions: ServerHttp2Session[] = [];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    sessions.length = 0;
    sockets.length = 0;
    echo = await openEchoServer(keepOpenCallsById, (http2Server) =>
      http2Server
        .on('connection', (socket: Socket) => sockets.push(socket))
        .on('session', (session) => sessions.push(session)),
    );
  });
  afterEach(() => {
    echo.close();
  });

  const session = (): ServerHttp2Session => {
    const [only] = sessions;
    if (only === undefined) throw new Error('nobody has called');
    return only;
  };

  it('are kept by id, each as long as it is open', async () => {
    const later = echo.call('later');
    expect(await Promise.all(Array.from({ length: 500 }, (_, at) => echo.call(String(at))))).to.have.length(500);
    await eventually('the call to arrive', () => echo.waiting.length === 1);
    expect(streamsOf(session()).streams).to.be.instanceOf(TableById);
    expect(streamsOf(session()).pendingStreams).to.be.instanceOf(Handful);
    await eventually('only one to be open', () => streamsOf(session()).streams.size === 1);
    expect(streamsOf(session()).pendingStreams.size, 'without an id').to.equal(0);
    echo.waiting[0]?.answer();
    expect(await later).to.equal('later');
    await eventually('none to be open', () => streamsOf(session()).streams.size === 0);
  });

  it('end when their connection does', async () => {
    const ended = echo.call('later').catch((error: unknown) => error);
    await eventually('the call to arrive', () => echo.waiting.length === 1);
    for (const socket of sockets) socket.destroy();
    await eventually('the server to know', () => echo.waiting[0]?.isCancelled === true);
    expect(await ended).to.be.instanceOf(Error);
  });

  it('are waited for when the server is told to stop', async () => {
    const later = echo.call('later');
    await eventually('the call to arrive', () => echo.waiting.length === 1);
    const closed = once(session(), 'close');
    const stopped = new Promise((resolve) => {
      echo.server.tryShutdown(resolve);
    });
    echo.waiting[0]?.answer();
    expect(await later).to.equal('later');
    await Promise.all([stopped, closed]);
  });

  it('are cut when the server is told not to wait', async () => {
    const ended = echo.call('later').catch((error: unknown) => error);
    await eventually('the call to arrive', () => echo.waiting.length === 1);
    echo.server.forceShutdown();
    expect(await ended).to.be.instanceOf(Error);
  });
});
