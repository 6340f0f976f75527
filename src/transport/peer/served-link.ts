import type { ServerHttp2Stream } from 'node:http2';
import { ApiFailure, type Hello } from '../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { PeerIdentity, PeerReply, ServePeer } from '../../cluster/ports.js';
import type { Clock } from '../../runtime/index.js';
import { MalformedFrame, MessageSplitter } from '../wire/index.js';
import { readCallFrame, type IncomingCall } from './call-frames.js';
import { sentenceOf } from './error-sentence.js';
import { described, problemWithCaller } from './hello.js';
import { frameBytesMax, type PeerLimits, type PeerLog } from './limits.js';
import { linkResponseHeaders, LinkStatus, statusTrailers, type LinkStatusCode } from './link-protocol.js';
import { helloReplyFrame } from './reply-frames.js';
import { ReplyOutbox } from './reply-outbox.js';

export interface ServedLinkOptions {
  /** What this node says of itself. */
  readonly hello: Hello;
  readonly serve: ServePeer;
  readonly clock: Clock;
  readonly limits: PeerLimits;
  readonly log: PeerLog;
}

export interface ServedLinkEvents {
  /** The peer has said who it is. */
  greeted(): void;
  /** Nothing more is read or written, but for the status. Told once. */
  ended(): void;
}

/** What a caller learns of a bug of ours; the log has the rest. */
const internalError: PeerReply = {
  kind: 'failed',
  failure: ApiFailure.encode(
    ApiFailure.fromPartial({ code: 'INTERNAL', reason: 'INTERNAL', message: 'internal error' }),
  ).finish(),
};

/**
 * One stream of a peer: calls in, replies out, in the order of completion. What is not
 * replied to is bounded by not reading on, and so is what the peer does not read.
 */
export class ServedLink {
  /** Who is at the other end, once it has said so. */
  private caller: PeerIdentity | undefined;
  private readonly splitter: MessageSplitter;
  private readonly outbox: ReplyOutbox;
  /** Nothing more is read; the link ends when the outbox is empty. */
  private isStopping = false;
  private hasEnded = false;

  /** @param address of the peer, for logs */
  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly address: string,
    private readonly options: ServedLinkOptions,
    private readonly events: ServedLinkEvents,
  ) {
    const { clock, limits } = options;
    this.splitter = new MessageSplitter(frameBytesMax(limits));
    this.outbox = new ReplyOutbox(
      clock,
      limits,
      (frame) => stream.write(frame),
      () => this.goOn(),
    );
    stream.respond(linkResponseHeaders, { waitForTrailers: true });
    stream.on('data', (piece: Buffer) => {
      this.splitter.push(piece);
      this.read();
    });
    stream.on('drain', () => this.outbox.drained());
    // The peer closes its side only to end the link.
    stream.on('end', () => {
      this.note('the caller closed it');
      this.end(LinkStatus.OK, '');
    });
    stream.on('error', (error) => this.broke(sentenceOf(error)));
    stream.on('close', () => this.broke('the connection was closed'));
  }

  /** Reads no further and ends the link when what is under way is replied to. Idempotent. */
  stop(): void {
    this.isStopping = true;
    this.goOn();
  }

  private goOn(): void {
    if (this.isStopping && this.outbox.isEmpty) this.end(LinkStatus.UNAVAILABLE, 'the node stops');
    else this.read();
  }

  private read(): void {
    try {
      while (!this.hasEnded && !this.isStopping && this.outbox.hasRoom) {
        const message = this.splitter.next();
        if (message === undefined) {
          if (this.stream.isPaused()) this.stream.resume();
          return;
        }
        this.take(message);
      }
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      this.hangUp(LinkStatus.INVALID_ARGUMENT, `the caller sent ${error.message}`);
    }
    if (!this.hasEnded) this.stream.pause();
  }

  private take(message: Buffer): void {
    const frame = readCallFrame(message);
    const { caller } = this;
    if (frame.kind === 'hello') {
      if (caller !== undefined) throw new MalformedFrame('hello a second time');
      this.greet(frame.hello);
      return;
    }
    if (caller === undefined) throw new MalformedFrame('calls before hello');
    const nowMs = this.options.clock.now();
    for (const call of frame.calls) this.serve(call, nowMs, caller);
  }

  private greet(said: Hello): void {
    const { hello, log } = this.options;
    const problem = problemWithCaller(said, hello);
    if (problem !== undefined) {
      this.hangUp(LinkStatus.FAILED_PRECONDITION, `${described(said)} is ${problem}`);
      return;
    }
    this.caller = { nodeId: said.nodeId, bootId: said.bootId };
    log('info', 'a peer linked', this.fields());
    this.events.greeted();
    this.stream.write(helloReplyFrame(hello));
  }

  private serve(call: IncomingCall, nowMs: number, from: PeerIdentity): void {
    const { callId, method, entityId, request, timeoutMs } = call;
    this.outbox.expect(request.length);
    this.options.serve({ method, entityId, request, deadlineMs: nowMs + timeoutMs }, from).then(
      (reply) => this.outbox.reply(callId, reply, request.length),
      (error: unknown) => {
        this.options.log('error', 'a call of a peer failed in an unexpected way', { ...this.fields(), err: error });
        this.outbox.reply(callId, internalError, request.length);
      },
    );
  }

  /** Ends the link because of what the peer is or sent. */
  private hangUp(code: LinkStatusCode, problem: string): void {
    this.options.log('warn', `hung up on a peer at ${this.address}: ${problem}`, this.fields());
    this.end(code, problem);
  }

  private end(code: LinkStatusCode, sentence: string): void {
    if (this.hasEnded) return;
    this.forget();
    const { stream } = this;
    stream.once('wantTrailers', () => stream.sendTrailers(statusTrailers(code, sentence)));
    stream.end();
    // What still comes goes nowhere. The peer closes its side when it has the status; a reset could overtake it.
    stream.resume();
  }

  private broke(reason: string): void {
    if (this.hasEnded) return;
    this.note(reason);
    this.forget();
  }

  private note(why: string): void {
    if (this.hasEnded || this.caller === undefined) return;
    this.options.log('info', `the link of a peer ended: ${why}`, this.fields());
  }

  private forget(): void {
    this.hasEnded = true;
    this.outbox.close();
    this.events.ended();
  }

  private fields(): Readonly<Record<string, unknown>> {
    const { address, caller } = this;
    return caller === undefined ? { address } : { address, peer: caller.nodeId, boot: caller.bootId };
  }
}
