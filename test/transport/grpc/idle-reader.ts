import { once } from 'node:events';
import { connect } from 'node:http2';
import { MessageSplitter, withPrefix } from '../../../src/transport/peer/message-splitter.js';

/** The client's side of one stream, on a connection of its own, that reads no message until it is asked to. */
export interface IdleReader {
  /** Sends a message on the stream. */
  send(message: Uint8Array): void;
  /** Reads everything to the end of the stream; answers the messages. */
  readAll(): Promise<readonly Buffer[]>;
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
  return {
    send(message) {
      stream.write(withPrefix(Buffer.concat([Buffer.alloc(5), message])));
    },
    async readAll() {
      const splitter = new MessageSplitter(1_048_576);
      stream.on('data', (piece: Buffer) => {
        splitter.push(piece);
      });
      const ended = once(stream, 'end');
      session.settings({ initialWindowSize: 65_535 });
      await ended;
      stream.end();
      const messages: Buffer[] = [];
      for (let message = splitter.next(); message !== undefined; message = splitter.next()) messages.push(message);
      return messages;
    },
    close: () => {
      session.destroy();
    },
  };
}
