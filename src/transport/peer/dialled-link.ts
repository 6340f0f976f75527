import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Hello } from '../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { PeerIdentity } from '../../cluster/ports.js';
import type { Clock, Timer } from '../../runtime/index.js';
import { MalformedFrame, MessageSplitter } from '../wire/index.js';
import { helloCallFrame } from './call-frames.js';
import { connectTo, type PeerCredentials } from './credentials.js';
import { sentenceOf } from './error-sentence.js';
import { Heartbeat, pingOf } from './heartbeat.js';
import { described, problemWithAnswer } from './hello.js';
import { frameBytesMax, type PeerLimits } from './limits.js';
import { LINK_WINDOW_BYTES, linkRequestHeaders, linkSettings, statusSentence } from './link-protocol.js';
import { readReplyFrame, type NamedReply } from './reply-frames.js';

/** Where to find a peer, and who must be there. */
export interface DialledPeer {
  readonly host: string;
  readonly port: number;
  readonly identity: PeerIdentity;
}

export interface DialOptions {
  /** What this node says of itself. */
  readonly hello: Hello;
  readonly clock: Clock;
  readonly limits: PeerLimits;
  readonly credentials: PeerCredentials;
}

/** What happens to a link; nothing is told after `ended`, nor after it was closed. */
export interface DialledLinkEvents {
  /** Both sides have said hello; frames may be written. */
  opened(): void;
  /** False when one of them names no call that is waited for: the link then ends. */
  replies(replies: readonly NamedReply[]): boolean;
  /** What was written is on its way, and there is room for more. */
  drained(): void;
  /** It could not be made, or broke. Told once. */
  ended(reason: string): void;
}

/**
 * One attempt at a link to a peer, and the link if it comes about. It is not used again
 * after it ended.
 */
export class DialledLink {
  private readonly socket: Socket;
  private readonly session: ClientHttp2Session;
  private readonly stream: ClientHttp2Stream;
  private readonly splitter: MessageSplitter;
  private readonly patience: Timer;
  private heartbeat: Heartbeat | undefined;
  private hasEnded = false;
  /** The status the peer ended the stream with. */
  private farewell: string | undefined;

  constructor(
    private readonly peer: DialledPeer,
    private readonly options: DialOptions,
    private readonly events: DialledLinkEvents,
  ) {
    const { clock, limits, credentials } = options;
    this.splitter = new MessageSplitter(frameBytesMax(limits));
    this.patience = clock.after(limits.peerConnectTimeoutMs, () =>
      this.end(`no answer within ${String(limits.peerConnectTimeoutMs)} ms`),
    );
    this.socket = connectTo(peer.host, peer.port, credentials);
    this.socket.on('error', (error) => this.end(sentenceOf(error)));
    this.session = this.openSession();
    this.stream = this.openStream();
    this.stream.write(helloCallFrame(options.hello));
  }

  /** Writes a frame; false when no other may be written before `drained`. */
  write(frame: Buffer): boolean {
    return this.stream.write(frame);
  }

  /** Cuts the connection. Idempotent; resolves when the socket is gone. */
  close(): Promise<void> {
    this.hasEnded = true;
    this.patience.cancel();
    this.heartbeat?.stop();
    this.session.destroy();
    // A session that was told to go away only ends its side, and a frozen peer would leave it at that.
    this.socket.destroy();
    if (this.socket.closed) return Promise.resolve();
    return new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  private openSession(): ClientHttp2Session {
    // The authority is not looked at: the socket is there already.
    const session = connect('http://peer', { createConnection: () => this.socket, settings: linkSettings });
    session.once('connect', () => {
      if (!session.destroyed) session.setLocalWindowSize(LINK_WINDOW_BYTES);
    });
    session.on('error', (error) => this.end(sentenceOf(error)));
    session.on('close', () => this.end('the connection was closed'));
    return session;
  }

  private openStream(): ClientHttp2Stream {
    const stream = this.session.request(linkRequestHeaders, { endStream: false });
    const readStatus = (headers: Readonly<Record<string, unknown>>): void => {
      const sentence = statusSentence(headers);
      if (sentence !== undefined) this.farewell = `it hung up: ${sentence}`;
    };
    stream.on('response', (headers) => {
      readStatus(headers);
      if (headers[':status'] !== 200)
        this.end(`what answers there is no peer: HTTP status ${String(headers[':status'])}`);
    });
    stream.on('trailers', readStatus);
    stream.on('data', (piece: Buffer) => this.receive(piece));
    stream.on('drain', () => {
      if (!this.hasEnded) this.events.drained();
    });
    stream.on('end', () => this.end(this.heartbeat === undefined ? 'it hung up before it said hello' : 'it hung up'));
    stream.on('error', (error) => this.end(sentenceOf(error)));
    stream.on('close', () => this.end('the stream was closed'));
    return stream;
  }

  private receive(piece: Buffer): void {
    this.heartbeat?.heard();
    this.splitter.push(piece);
    try {
      for (;;) {
        if (this.hasEnded) return;
        const message = this.splitter.next();
        if (message === undefined) return;
        this.take(message);
      }
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      this.end(`it sent ${error.message}`);
    }
  }

  private take(message: Buffer): void {
    const frame = readReplyFrame(message);
    const isOpen = this.heartbeat !== undefined;
    if (frame.kind === 'hello') {
      if (isOpen) throw new MalformedFrame('hello a second time');
      this.greet(frame.hello);
      return;
    }
    if (!isOpen) throw new MalformedFrame('replies before hello');
    if (!this.events.replies(frame.replies)) throw new MalformedFrame('a reply to a call it was not sent');
  }

  private greet(said: Hello): void {
    const problem = problemWithAnswer(said, this.options.hello, this.peer.identity);
    if (problem !== undefined) {
      this.end(`${described(said)} is ${problem}`);
      return;
    }
    const { clock, limits } = this.options;
    this.patience.cancel();
    this.heartbeat = new Heartbeat(clock, limits.peerSilenceMs, pingOf(this.session), () =>
      this.end(`nothing came from it for ${String(limits.peerSilenceMs)} ms`),
    );
    this.events.opened();
  }

  private end(reason: string): void {
    if (this.hasEnded) return;
    void this.close();
    this.events.ended(this.farewell ?? reason);
  }
}
