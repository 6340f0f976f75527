import { connect, constants, type ClientHttp2Session } from 'node:http2';

/**
 * The least a gRPC client can be: unary calls over raw HTTP/2. A load generator must
 * not cost more than the server it loads, and grpc-js's client does.
 */
export interface RawClient {
  /** Never rejects. */
  call(path: string, message: Uint8Array): Promise<RawReply>;
  close(): void;
}

export interface RawReply {
  /** gRPC status code; -1 when the stream or the connection broke. */
  readonly status: number;
  /** The response message; empty unless the status is 0. */
  readonly message: Buffer;
}

const NOTHING = Buffer.alloc(0);
const PREFIX_BYTES = 5;

/** @param address host:port. Rejects when nobody listens there. */
export async function openRawClient(address: string): Promise<RawClient> {
  const session = connect(`http://${address}`);
  await new Promise<void>((resolve, reject) => {
    session.once('connect', () => {
      resolve();
    });
    session.once('error', reject);
  });
  // Broken streams are counted one by one; the session's own error adds nothing.
  session.on('error', () => undefined);
  return {
    call: (path, message) => call(session, path, message),
    close: () => {
      session.close();
    },
  };
}

function call(session: ClientHttp2Session, path: string, message: Uint8Array): Promise<RawReply> {
  return new Promise((resolve) => {
    if (session.closed || session.destroyed) {
      resolve({ status: -1, message: NOTHING });
      return;
    }
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      te: 'trailers',
    });
    let status = -1;
    const chunks: Buffer[] = [];
    const readStatus = (headers: Record<string, unknown>): void => {
      if (headers['grpc-status'] !== undefined) status = Number(headers['grpc-status']);
    };
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      const [first] = chunks;
      const body = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
      resolve({ status, message: status === 0 && body.length >= PREFIX_BYTES ? body.subarray(PREFIX_BYTES) : NOTHING });
    });
    stream.end(frame(message));
  });
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}
