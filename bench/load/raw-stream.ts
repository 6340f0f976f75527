import { connect, constants } from 'node:http2';

/**
 * A bidirectional gRPC stream over raw HTTP/2. What is sent in one turn of the event
 * loop leaves in one write, and what arrives together is read together: the generator
 * must not cost more than the server it loads.
 */
export interface RawStream {
  send(message: Uint8Array): void;
  /** Says that nothing more is sent; resolves with the gRPC status when the server has ended the stream, -1 when it broke. */
  end(): Promise<number>;
  close(): void;
}

const PREFIX_BYTES = 5;
const WINDOW_BYTES = 2 ** 20;

/**
 * @param address host:port. Rejects when nobody listens there.
 * @param onMessage called for each message, in order; its bytes are only valid during the call
 * @param onEnd called once with the gRPC status, also without `end()`
 */
export async function openRawStream(
  address: string,
  path: string,
  onMessage: (message: Uint8Array) => void,
  onEnd: (status: number) => void,
): Promise<RawStream> {
  const session = connect(`http://${address}`, { settings: { initialWindowSize: WINDOW_BYTES } });
  await new Promise<void>((resolve, reject) => {
    session.once('connect', () => {
      resolve();
    });
    session.once('error', reject);
  });
  session.on('error', () => undefined);
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: path,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    te: 'trailers',
  });
  let status = -1;
  const readStatus = (headers: Record<string, unknown>): void => {
    if (headers['grpc-status'] !== undefined) status = Number(headers['grpc-status']);
  };
  stream.on('response', readStatus);
  stream.on('trailers', readStatus);
  stream.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    stream.once('close', () => {
      resolve(status);
      onEnd(status);
    });
  });
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = readFrames(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), onMessage);
  });
  let waiting: Buffer[] = [];
  return {
    send(message) {
      waiting.push(frame(message));
      if (waiting.length > 1) return;
      setImmediate(() => {
        const frames = waiting;
        waiting = [];
        stream.write(Buffer.concat(frames));
      });
    },
    end() {
      stream.end();
      return ended;
    },
    close() {
      session.destroy();
    },
  };
}

/** @returns what is left over, the beginning of a frame */
function readFrames(bytes: Buffer, onMessage: (message: Uint8Array) => void): Buffer {
  let at = 0;
  while (bytes.length - at >= PREFIX_BYTES) {
    const end = at + PREFIX_BYTES + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) break;
    onMessage(bytes.subarray(at + PREFIX_BYTES, end));
    at = end;
  }
  return bytes.subarray(at);
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}
