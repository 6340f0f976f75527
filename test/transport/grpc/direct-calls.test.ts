import { expect } from 'chai';
import { once } from 'node:events';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { HoldSeatsRequest, HoldSeatsResponse } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { eventually } from '../../support/eventually.js';
import { openGrpcStage, type GrpcStage } from './grpc-stage.js';

const COMMAND_TIMEOUT_MS = 200;
const HOLD_SEATS = '/cinema.boxoffice.v1.SeatService/HoldSeats';

function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

const REQUEST = HoldSeatsRequest.encode(HoldSeatsRequest.fromPartial({ buyerId: 'anna', seatIds: ['1-1'] })).finish();

describe('a unary gRPC call', () => {
  let stage: GrpcStage;
  let session: ClientHttp2Session;
  /** What the method does with a request. */
  let hold: (request: HoldSeatsRequest) => Promise<HoldSeatsResponse>;
  const asked: HoldSeatsRequest[] = [];

  beforeEach(async () => {
    asked.length = 0;
    hold = ({ buyerId, seatIds }) =>
      Promise.resolve(HoldSeatsResponse.fromPartial({ hold: { buyerId, seatIds }, revision: 7 }));
    stage = await openGrpcStage({
      limits: { commandTimeoutMs: COMMAND_TIMEOUT_MS },
      boxOffice: {
        holdSeats(request) {
          asked.push(request);
          return hold(request);
        },
      },
    });
    session = connect(`http://${stage.address}`).on('error', () => undefined);
  });
  afterEach(async () => {
    session.destroy();
    await stage.close();
  });

  const open = (headers: Record<string, string> = {}): ClientHttp2Stream =>
    session
      .request({
        ':method': 'POST',
        ':path': HOLD_SEATS,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      })
      .on('error', () => undefined);

  interface Reply {
    readonly httpStatus: unknown;
    readonly grpcStatus: number;
    readonly message: unknown;
    /** grpc-js says what it can decompress; a direct answer does not. */
    readonly isDirect: boolean;
    readonly held: HoldSeatsResponse['hold'];
  }

  async function replyTo(stream: ClientHttp2Stream): Promise<Reply> {
    let headers: Record<string, unknown> = {};
    let trailers: Record<string, unknown> = {};
    const pieces: Buffer[] = [];
    stream.on('response', (given) => (headers = given));
    stream.on('trailers', (given: Record<string, unknown>) => (trailers = given));
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    await once(stream, 'close');
    const bytes = Buffer.concat(pieces);
    const status = { ...headers, ...trailers } as Record<string, unknown>;
    return {
      httpStatus: headers[':status'],
      grpcStatus: Number(status['grpc-status']),
      message: status['grpc-message'],
      isDirect: headers['grpc-accept-encoding'] === undefined,
      held: bytes.length === 0 ? undefined : HoldSeatsResponse.decode(bytes.subarray(5)).hold,
    };
  }

  function ask(body: Buffer, headers: Record<string, string> = {}): Promise<Reply> {
    const stream = open(headers);
    stream.end(body);
    return replyTo(stream);
  }

  it('is answered without grpc-js in between', async () => {
    const reply = await ask(framed(REQUEST));
    expect(reply).to.deep.include({ httpStatus: 200, grpcStatus: 0, isDirect: true });
    expect(reply.held).to.deep.include({ buyerId: 'anna', seatIds: ['1-1'] });
  });

  it('may arrive in pieces of any size', async () => {
    const stream = open();
    const reply = replyTo(stream);
    for (const byte of framed(REQUEST)) {
      stream.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.end();
    expect((await reply).held).to.deep.include({ buyerId: 'anna' });
    expect(asked).to.have.length(1);
  });

  it('is refused as soon as it says that it is too large', async () => {
    const stream = open();
    stream.write(framed(Buffer.alloc(10), 0, 1_025));
    // Neither the rest nor the end is sent.
    const reply = await replyTo(stream);
    expect(reply).to.deep.include({ httpStatus: 200, grpcStatus: 3, isDirect: true });
    expect(asked).to.have.length(0);
    expect((await ask(framed(REQUEST))).grpcStatus, 'the connection goes on').to.equal(0);
  });

  for (const [what, body] of [
    ['no message', Buffer.alloc(0)],
    ['a message that ends early', framed(REQUEST).subarray(0, -1)],
    ['a message and the beginning of another', Buffer.concat([framed(REQUEST), Buffer.of(0)])],
    ['two messages', Buffer.concat([framed(REQUEST), framed(REQUEST)])],
  ] as const) {
    it(`of ${what} is refused`, async () => {
      expect(await ask(body)).to.deep.include({ httpStatus: 200, grpcStatus: 12, isDirect: true });
      expect(asked).to.have.length(0);
    });
  }

  it('is refused when it is compressed and does not say how', async () => {
    expect(await ask(framed(gzipSync(REQUEST), 1))).to.deep.include({ grpcStatus: 13, isDirect: true });
    expect(asked).to.have.length(0);
  });

  it('is left to grpc-js when it is compressed', async () => {
    const reply = await ask(framed(gzipSync(REQUEST), 1), { 'grpc-encoding': 'gzip' });
    expect(reply).to.deep.include({ grpcStatus: 0, isDirect: false });
    expect(reply.held).to.deep.include({ buyerId: 'anna' });
  });

  it('is left to grpc-js when its headers are not as they should be', async () => {
    expect(await ask(framed(REQUEST), { 'content-type': 'text/plain' })).to.include({ httpStatus: 415 });
    expect(await ask(framed(REQUEST), { 'grpc-timeout': 'soon' })).to.include({ grpcStatus: 13 });
    expect(await ask(framed(REQUEST), { ':path': `${HOLD_SEATS}OrStand` })).to.include({ grpcStatus: 12 });
    expect(asked).to.have.length(0);
  });

  it('ends at its deadline, whatever the method does', async () => {
    let answer: (response: HoldSeatsResponse) => void = () => undefined;
    hold = () => new Promise((resolve) => (answer = resolve));
    expect(await ask(framed(REQUEST), { 'grpc-timeout': '30m' })).to.include({ grpcStatus: 4 });
    answer(HoldSeatsResponse.fromPartial({}));
    expect((await ask(framed(REQUEST), { 'grpc-timeout': '30m' })).grpcStatus).to.equal(4);
  });

  it('whose request does not arrive is ended, unless its caller gives it time', async () => {
    const half = framed(REQUEST).subarray(0, 9);
    const stalled = open();
    stalled.write(half);
    const patient = open({ 'grpc-timeout': '10S' });
    patient.write(half);
    expect(await replyTo(stalled)).to.include({ grpcStatus: 4, isDirect: true });
    const reply = replyTo(patient);
    patient.end(framed(REQUEST).subarray(9));
    expect((await reply).held).to.deep.include({ buyerId: 'anna' });
  });

  it('whose request has arrived in pieces has its time as any other', async () => {
    let answer: (response: HoldSeatsResponse) => void = () => undefined;
    hold = () => new Promise((resolve) => (answer = resolve));
    const stream = open();
    const reply = replyTo(stream);
    stream.write(framed(REQUEST).subarray(0, 9));
    await new Promise((resolve) => setTimeout(resolve, COMMAND_TIMEOUT_MS / 2));
    stream.end(framed(REQUEST).subarray(9));
    await eventually('it to be under way', () => asked.length === 1);
    await new Promise((resolve) => setTimeout(resolve, COMMAND_TIMEOUT_MS));
    answer(HoldSeatsResponse.fromPartial({ hold: { buyerId: 'anna' } }));
    expect((await reply).held).to.deep.include({ buyerId: 'anna' });
  });

  it('whose caller goes away is done all the same, and its answer goes nowhere', async () => {
    let answer: (response: HoldSeatsResponse) => void = () => undefined;
    hold = () => new Promise((resolve) => (answer = resolve));
    const stream = open();
    stream.end(framed(REQUEST));
    await eventually('it to be under way', () => asked.length === 1);
    stream.close(constants.NGHTTP2_CANCEL);
    await once(stream, 'close');
    hold = () => Promise.resolve(HoldSeatsResponse.fromPartial({ hold: { buyerId: 'ben' } }));
    expect((await ask(framed(REQUEST))).held).to.deep.include({ buyerId: 'ben' });
    answer(HoldSeatsResponse.fromPartial({}));
    expect((await ask(framed(REQUEST))).grpcStatus).to.equal(0);
    expect(stage.bugs).to.deep.equal([]);
  });

  it('whose method throws, or answers what is no message, is told INTERNAL without a detail', async () => {
    hold = () => {
      throw new Error('secret');
    };
    expect(await ask(framed(REQUEST))).to.deep.include({ grpcStatus: 13, message: 'internal%20error' });
    hold = () => Promise.resolve({ hold: { buyerId: 7 } } as unknown as HoldSeatsResponse);
    expect(await ask(framed(REQUEST))).to.deep.include({ grpcStatus: 13, message: 'internal%20error' });
    expect(stage.bugs.map(({ method }) => method)).to.deep.equal(['HoldSeats', 'HoldSeats']);
  });

  it('that is under way is answered before the server has closed', async () => {
    let answer: (response: HoldSeatsResponse) => void = () => undefined;
    hold = () => new Promise((resolve) => (answer = resolve));
    const reply = ask(framed(REQUEST));
    await eventually('it to be under way', () => asked.length === 1);
    let isClosed = false;
    const closed = stage.close().then(() => (isClosed = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isClosed).to.equal(false);
    answer(HoldSeatsResponse.fromPartial({ hold: { buyerId: 'anna' } }));
    expect((await reply).held).to.deep.include({ buyerId: 'anna' });
    await closed;
  });
});
