import { once } from 'node:events';
import { connect } from 'node:http2';
import { MessageSplitter, withPrefix } from '../../../src/transport/wire/message-splitter.js';

/** The client's side of one stream, on a connection of its own, that takes no byte of an answer until it is asked to. */
export interface IdleReader {
  /** Sends a message on the stream. */
  send(message: Uint8Array): void;
  /** Says that there are no more: a method that takes one message begins only then. */
  halfClose(): void;
  /** Begins to read. Once. */
  read(): void;
  /** What was read so far. */
  readonly messages: readonly Buffer[];
  /** Resolves at the end of the stream. */
  readonly ended: Promise<unknown>;
  close(): void;
}

/** HTTP/2 by hand: grpc-js takes messages off the wire before anybody reads them. */
export function openIdleReader(address: string, path: string): IdleReader {
  // No byte of a message may be sent before there is a window.
  const session = connect(`http://${address}`, { settings: { initialWindowSize: 0 } });
  session.on('error', () => undefined);
  const stream = session.request(
    { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    { endStream: false },
  );
  const ended = once(stream, 'end').then(() => stream.end());
  const splitter = new MessageSplitter(1_048_576);
  const messages: Buffer[] = [];
  return {
    messages,
    ended,
    send(message) {
      stream.write(withPrefix(Buffer.concat([Buffer.alloc(5), message])));
    },
    halfClose: () => {
      stream.end();
    },
    read() {
      stream.on('data', (piece: Buffer) => {
        splitter.push(piece);
        for (let message = splitter.next(); message !== undefined; message = splitter.next()) messages.push(message);
      });
      session.settings({ initialWindowSize: 65_535 });
    },
    close: () => {
      session.destroy();
    },
  };
}
