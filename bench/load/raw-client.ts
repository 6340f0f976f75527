import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { keepStreamsById } from '../../src/transport/grpc/open-calls.js';
import { bindPlainly } from './plain-binding.js';

/**
 * The least a gRPC client can be: unary calls over raw HTTP/2. A load generator must
 * not cost more than the server it loads, and grpc-js's client does.
 */
export interface RawClient {
  /** False from the moment the server says goodbye, or the connection is lost. */
  readonly isOpen: boolean;
  /** Never rejects. @param timeoutMs the call's deadline, told to the server and kept here; none when absent */
  call(path: string, message: Uint8Array, timeoutMs?: number): Promise<RawReply>;
  /** Calls `ended` once, when the connection takes no more calls. */
  onEnd(ended: () => void): void;
  close(): void;
}

export interface RawReply {
  /** gRPC status code; -1 when the stream or the connection broke. */
  readonly status: number;
  /** The response message; empty unless the status is 0. */
  readonly message: Buffer;
  /** grpc-status-details-bin as it came, base64; undefined when there is none. */
  readonly details: string | undefined;
  /** With status -1: the server never saw the call, so that sending it again is the transport's business. */
  readonly isUnseen: boolean;
}

const NOTHING = Buffer.alloc(0);
const PREFIX_BYTES = 5;
const DEADLINE_EXCEEDED = 4;

const NEVER_SENT: RawReply = { status: -1, message: NOTHING, details: undefined, isUnseen: true };

/** @param address host:port. Rejects when nobody listens there. */
export async function openRawClient(address: string): Promise<RawClient> {
  bindPlainly();
  const session = connect(`http://${address}`);
  await new Promise<void>((resolve, reject) => {
    session.once('connect', () => {
      resolve();
    });
    session.once('error', reject);
  });
  // Else half of all calls would wait for a full collection, which everybody's latency would show.
  keepStreamsById(session);
  // Broken streams are counted one by one; the session's own error adds nothing.
  session.on('error', () => undefined);
  const isOpen = (): boolean => !session.closed && !session.destroyed;
  return {
    get isOpen() {
      return isOpen();
    },
    call: (path, message, timeoutMs) =>
      isOpen() ? call(session, path, message, timeoutMs) : Promise.resolve(NEVER_SENT),
    onEnd(ended) {
      let told = false;
      const tell = (): void => {
        if (!told) ended();
        told = true;
      };
      session.once('goaway', tell);
      session.once('close', tell);
    },
    close: () => {
      session.close();
    },
  };
}

function call(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  timeoutMs: number | undefined,
): Promise<RawReply> {
  return new Promise((resolve) => {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      te: 'trailers',
      ...(timeoutMs === undefined ? {} : { 'grpc-timeout': `${String(Math.max(1, Math.ceil(timeoutMs)))}m` }),
    });
    let status = -1;
    let details: string | undefined;
    const chunks: Buffer[] = [];
    const readStatus = (headers: Record<string, unknown>): void => {
      if (headers['grpc-status'] !== undefined) status = Number(headers['grpc-status']);
      const bytes = headers['grpc-status-details-bin'];
      if (typeof bytes === 'string') details = bytes;
    };
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    const stopWaiting =
      timeoutMs === undefined ? undefined : cutAfter(stream, timeoutMs, () => (status = DEADLINE_EXCEEDED));
    stream.on('close', () => {
      stopWaiting?.();
      const [first] = chunks;
      const body = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
      resolve({
        status,
        message: status === 0 && body.length >= PREFIX_BYTES ? body.subarray(PREFIX_BYTES) : NOTHING,
        details,
        isUnseen: status === -1 && neverArrived(stream),
      });
    });
    stream.end(frame(message));
  });
}

/** The server would end it at the deadline, too; one that is frozen does not. Answers how to call it off. */
function cutAfter(stream: ClientHttp2Stream, timeoutMs: number, late: () => void): () => void {
  const timer = setTimeout(() => {
    late();
    stream.close(constants.NGHTTP2_CANCEL);
  }, timeoutMs);
  return () => {
    clearTimeout(timer);
  };
}

/** Refused by a server that was going, or still in line for a place on the connection when that ended. */
function neverArrived(stream: ClientHttp2Stream): boolean {
  return stream.id === undefined || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}
