import { connect as connectHttp2 } from 'node:http2';
import {
  credentials,
  Server,
  ServerCredentials,
  status,
  type ClientDuplexStream,
  type ServerDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { expect } from 'chai';
import {
  LinkRequest,
  LinkResponse,
  PeerServiceClient,
  PeerServiceService,
  type Hello,
} from '../../../proto/gen/cinema/cluster/v1/peer_service.js';
import { eventually } from '../../support/eventually.js';
import { RawConnection } from '../http/support/raw-connection.js';
import { callOf, memberAt, outcome, reasonOf, Stage, type LogBook } from './support/stage.js';

const hello = { protocol: 1, cluster: 'test', nodeId: 'a', bootId: 'a-boot' };
const helloFrame = LinkRequest.fromPartial({ frame: { $case: 'hello', value: hello } });

/** A caller of the peer port that can say anything, over a gRPC client that is not ours. */
class Stranger {
  readonly responses: LinkResponse[] = [];
  error: ServiceError | undefined;
  private readonly client: PeerServiceClient;
  private readonly stream: ClientDuplexStream<LinkRequest, LinkResponse>;

  constructor(port: number) {
    this.client = new PeerServiceClient(`127.0.0.1:${String(port)}`, credentials.createInsecure());
    this.stream = this.client.link();
    this.stream.on('data', (response: LinkResponse) => this.responses.push(response));
    this.stream.on('error', (error: ServiceError) => (this.error = error));
  }

  say(...frames: readonly LinkRequest[]): this {
    for (const frame of frames) this.stream.write(frame);
    return this;
  }

  async isHungUpOn(): Promise<ServiceError> {
    await eventually('to be hung up on', () => this.error !== undefined);
    if (this.error === undefined) throw new Error('nothing happened');
    return this.error;
  }

  close(): Promise<void> {
    this.stream.cancel();
    this.client.close();
    return Promise.resolve();
  }
}

describe('whoever calls the peer port', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  const stranger = (port: number): Stranger => {
    const one = new Stranger(port);
    stage.onClose(() => one.close());
    return one;
  };
  /** Lines that name an address. */
  const complaints = (book: LogBook): readonly string[] =>
    book.lines.filter((line) => line.startsWith('warn') && /127\.0\.0\.1:\d+/.test(line));

  it('is greeted and served when it speaks the protocol, whatever program it is', async () => {
    const { port } = await stage.server();
    const calls = [{ callId: 7, method: 1, entityId: 'e', request: Buffer.from('hello'), timeoutMs: 1_000 }];
    const one = stranger(port).say(
      helloFrame,
      LinkRequest.fromPartial({ frame: { $case: 'calls', value: { calls } } }),
    );
    await eventually('two frames', () => one.responses.length === 2);
    expect(one.responses.map(({ frame }) => frame)).to.deep.equal([
      { $case: 'hello', value: { protocol: 1, cluster: 'test', nodeId: 'b', bootId: 'b-boot' } },
      {
        $case: 'replies',
        value: { replies: [{ callId: 7, result: { $case: 'response', value: Buffer.from('hello') } }] },
      },
    ]);
  });

  const notWelcome: readonly (readonly [who: string, hello: Partial<Hello>, why: string])[] = [
    [
      'a node of another cluster',
      { cluster: 'elsewhere' },
      'of cluster "elsewhere", protocol 1 is not of cluster "test"',
    ],
    ['a node of another protocol', { protocol: 2 }, 'protocol 2 is not of protocol 1'],
    ['a node with the name of this one', { nodeId: 'b' }, 'under the name of the node it calls, "b"'],
    ['a node without a name', { nodeId: '' }, 'without a name'],
    ['a node without a boot', { bootId: '' }, 'without a name'],
  ];
  for (const [who, said, why] of notWelcome) {
    it(`is hung up on when it is ${who}`, async () => {
      const { port, book } = await stage.server({ serve: () => Promise.reject(new Error('must not be called')) });
      const frame = LinkRequest.fromPartial({ frame: { $case: 'hello', value: { ...hello, ...said } } });
      const calls = LinkRequest.fromPartial({ frame: { $case: 'calls', value: { calls: [{ callId: 1 }] } } });
      const one = stranger(port).say(frame, calls);
      const { code, details } = await one.isHungUpOn();
      expect([status[code], details]).to.deep.equal(['FAILED_PRECONDITION', details]);
      expect(details).to.include(why);
      expect(one.responses).to.deep.equal([]);
      expect(complaints(book).join()).to.include(why);
      expect(book.with('must not be called')).to.deep.equal([]);
    });
  }

  const nonsense: readonly (readonly [what: string, frames: readonly LinkRequest[], why: string])[] = [
    ['calls before hello', [{ frame: { $case: 'calls', value: { calls: [] } } }], 'calls before hello'],
    ['hello twice', [helloFrame, helloFrame], 'hello a second time'],
    ['an empty frame', [helloFrame, { frame: undefined }], 'without a frame'],
  ];
  for (const [what, frames, why] of nonsense) {
    it(`is hung up on when it sends ${what}`, async () => {
      const { port, book } = await stage.server();
      const { code, details } = await stranger(port)
        .say(...frames)
        .isHungUpOn();
      expect([status[code], details]).to.deep.equal(['INVALID_ARGUMENT', details]);
      expect(details).to.include(why);
      expect(complaints(book).join()).to.include(why);
    });
  }

  it('is hung up on when it sends what is no frame, and other links do not notice', async () => {
    const { port, book } = await stage.server({ limits: { peerConnectTimeoutMs: 60_000 } });
    const links = stage.links({ nodeId: 'c' });
    expect(await outcome(links.call(memberAt(port), callOf('before')))).to.equal('answered before');
    const session = connectHttp2(`http://127.0.0.1:${String(port)}`);
    session.on('error', () => undefined);
    const stream = session.request({ ':method': 'POST', ':path': '/cinema.cluster.v1.PeerService/Link' });
    let trailers: Readonly<Record<string, unknown>> = {};
    stream.on('trailers', (given: Readonly<Record<string, unknown>>) => (trailers = given));
    stream.on('error', () => undefined);
    stream.resume();
    stream.write(Buffer.from([0, 0, 0, 0, 3, 0xff, 0xff, 0xff]));
    await eventually('a status', () => trailers['grpc-status'] === '3');
    await eventually('the connection to be closed', () => session.closed);
    expect(decodeURIComponent(String(trailers['grpc-message']))).to.include('not valid protobuf');
    expect(complaints(book)).to.have.length(1);
    expect(await outcome(links.call(memberAt(port), callOf('after')))).to.equal('answered after');
    expect(links.book.with('broke')).to.deep.equal([]);
  });

  it('is hung up on before a frame that is too large is here', async () => {
    const { port, book } = await stage.server({ limits: { bytesPerPeerMax: 1_000 } });
    const calls = [{ callId: 1, request: Buffer.alloc(3_000_000) }];
    const { code } = await stranger(port)
      .say(helloFrame, LinkRequest.fromPartial({ frame: { $case: 'calls', value: { calls } } }))
      .isHungUpOn();
    expect(status[code]).to.equal('INVALID_ARGUMENT');
    expect(complaints(book).join()).to.match(/a frame of 3000\d+ bytes, of which at most \d+ are taken/);
  });

  for (const [what, bytes] of [
    ['HTTP/1.1', 'GET / HTTP/1.1\r\nHost: peer\r\n\r\n'],
    ['noise', Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 151 + 7) % 256))],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex')],
  ] as const) {
    it(`is cut off when it sends ${what}, and other links do not notice`, async () => {
      const { port, book } = await stage.server({ limits: { peerConnectTimeoutMs: 100 } });
      const links = stage.links({ nodeId: 'c' });
      expect(await outcome(links.call(memberAt(port), callOf('before')))).to.equal('answered before');
      const connection = await RawConnection.open(port);
      connection.send(bytes);
      await connection.closes();
      await eventually('a complaint', () => complaints(book).length >= 1);
      expect(await outcome(links.call(memberAt(port), callOf('after')))).to.equal('answered after');
      expect(links.book.with('broke')).to.deep.equal([]);
    });
  }

  it('is cut off when it says nothing', async () => {
    const { port, book } = await stage.server({ limits: { peerConnectTimeoutMs: 50 } });
    const connection = await RawConnection.open(port);
    await connection.closes();
    const one = stranger(port);
    await one.isHungUpOn();
    expect(complaints(book).filter((line) => line.includes('did not say who it is for 50 ms'))).to.have.length(2);
  });

  it('is told that there is nothing else here', async () => {
    const { port, book } = await stage.server();
    const session = connectHttp2(`http://127.0.0.1:${String(port)}`);
    const stream = session.request({ ':method': 'POST', ':path': '/cinema.boxoffice.v1.SeatService/HoldSeats' });
    let grpcStatus: unknown;
    stream.on('response', (headers) => (grpcStatus = headers['grpc-status']));
    stream.resume();
    await eventually('a status', () => grpcStatus !== undefined);
    session.destroy();
    expect(grpcStatus).to.equal('12');
    expect(complaints(book).join()).to.include('/cinema.boxoffice.v1.SeatService/HoldSeats');
  });
});

describe('whoever answers as a peer', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('is hung up on when it is of another cluster', async () => {
    const { port, book } = await stage.server({ cluster: 'elsewhere' });
    const links = stage.links();
    const reason = await reasonOf(links.call(memberAt(port), callOf('')));
    expect(reason)
      .to.match(/^unsent: /)
      .and.to.include('of cluster "test"');
    expect(links.problemWith('b')).to.include('cluster "elsewhere"');
    expect(links.book.with('cannot reach a peer').join()).to.include(`127.0.0.1:${String(port)}`);
    expect(book.with('hung up on a peer').join()).to.include('127.0.0.1:');
  });

  for (const [who, nodeId, bootId, why] of [
    ['another node', 'c', 'b-boot', 'node "c", boot "b-boot", of cluster "test", protocol 1 is not node "b"'],
    ['another boot', 'b', 'b-later', 'boot "b-later", of cluster "test", protocol 1 is not boot "b-boot"'],
  ] as const) {
    it(`is hung up on when it is ${who}, and the call was not sent`, async () => {
      const { port } = await stage.server({
        nodeId,
        bootId,
        serve: () => Promise.reject(new Error('must not be called')),
      });
      const links = stage.links();
      expect(await reasonOf(links.call(memberAt(port), callOf(''))))
        .to.match(/^unsent: /)
        .and.to.include(why);
      expect(links.problemWith('b')).to.include(why);
      const [line] = links.book.with('cannot reach a peer');
      expect(line)
        .to.include(why)
        .and.to.include(`127.0.0.1:${String(port)}`);
    });
  }

  /** A server that is not ours; its first answer to hello is hello. */
  const otherServer = async (answer: (request: LinkRequest) => readonly LinkResponse[]): Promise<number> => {
    const server = new Server();
    server.addService(PeerServiceService, {
      link: (stream: ServerDuplexStream<LinkRequest, LinkResponse>) => {
        stream.on('data', (request: LinkRequest) => {
          for (const response of answer(request)) stream.write(response);
        });
        stream.on('end', () => stream.end());
        stream.on('error', () => undefined);
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    stage.onClose(async () => server.forceShutdown());
    return port;
  };
  const greeting = LinkResponse.fromPartial({
    frame: { $case: 'hello', value: { protocol: 1, cluster: 'test', nodeId: 'b', bootId: 'b-boot' } },
  });
  const reply = (callId: number): LinkResponse =>
    LinkResponse.fromPartial({
      frame: {
        $case: 'replies',
        value: { replies: [{ callId, result: { $case: 'response', value: Buffer.from('yes') } }] },
      },
    });

  it('is understood when it speaks the protocol, whatever program it is', async () => {
    const port = await otherServer(({ frame }) =>
      frame?.$case === 'calls' ? frame.value.calls.map(({ callId }) => reply(callId)) : [greeting],
    );
    const links = stage.links();
    expect(await outcome(links.call(memberAt(port), callOf('')))).to.equal('answered yes');
  });

  const nonsense: readonly (readonly [what: string, answers: readonly LinkResponse[], why: string])[] = [
    ['a reply to a call nobody made', [greeting, reply(4_711)], 'a reply to a call it was not sent'],
    ['replies before hello', [reply(1)], 'replies before hello'],
    ['hello twice', [greeting, greeting], 'hello a second time'],
    ['an empty frame', [greeting, { frame: undefined }], 'without a frame'],
  ];
  for (const [what, answers, why] of nonsense) {
    it(`is hung up on when it sends ${what}`, async () => {
      const port = await otherServer(() => answers);
      const links = stage.links();
      expect(await reasonOf(links.call(memberAt(port), callOf('')))).to.include(
        `it sent ${why.replace('without', 'a message without')}`,
      );
      expect(links.book.with(why).join()).to.include(`127.0.0.1:${String(port)}`);
    });
  }
});
