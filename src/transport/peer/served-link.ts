import type { ServerHttp2Stream } from 'node:http2';
import { ApiFailure, type Hello } from '../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { PeerIdentity, PeerReply, ServePeer } from '../../cluster/ports.js';
import type { Clock } from '../../runtime/index.js';
import { readCallFrame, type IncomingCall } from './call-frames.js';
import { sentenceOf } from './error-sentence.js';
import { described, problemWithCaller } from './hello.js';
import { FRAME_BYTES, frameBytesMax, type PeerLimits, type PeerLog } from './limits.js';
import { linkResponseHeaders, LinkStatus, statusTrailers, type LinkStatusCode } from './link-protocol.js';
import { MalformedFrame } from './malformed-frame.js';
import { MessageSplitter } from './message-splitter.js';
import { helloReplyFrame, replyBytes, replyFrame, type NamedReply } from './reply-frames.js';

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

/** A call that was answered and whose reply is not written yet. */
interface Finished extends NamedReply {
  /** Of the request, for the bounds. */
  readonly requestBytes: number;
}

/** What a caller learns of a bug of ours; the log has the rest. */
const internalError: PeerReply = {
  kind: 'failed',
  failure: ApiFailure.encode(
    ApiFailure.fromPartial({ code: 'INTERNAL', reason: 'INTERNAL', message: 'internal error' }),
  ).finish(),
};

/**
 * One stream of a peer: calls in, replies out, in the order of completion. What was not
 * replied to is bounded by not reading on, and so is what the peer does not read.
 */
export class ServedLink {
  /** Who is at the other end, once it has said so. */
  private caller: PeerIdentity | undefined;
  private readonly splitter: MessageSplitter;
  private unanswered = 0;
  private unansweredBytes = 0;
  private finished: Finished[] = [];
  private isFlushDue = false;
  /** The peer is not reading: no reply until there is room. */
  private isBlocked = false;
  /** Set once the link is to end: nothing more is read. */
  private isStopping = false;
  private hasEnded = false;

  /** @param address of the peer, for logs */
  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly address: string,
    private readonly options: ServedLinkOptions,
    private readonly events: ServedLinkEvents,
  ) {
    this.splitter = new MessageSplitter(frameBytesMax(options.limits));
    stream.respond(linkResponseHeaders, { waitForTrailers: true });
    stream.on('data', (piece: Buffer) => {
      this.splitter.push(piece);
      this.read();
    });
    stream.on('drain', () => {
      this.isBlocked = false;
      this.flush();
    });
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
    this.stream.pause();
    this.endIfDone();
  }

  private get mayRead(): boolean {
    const { callsPerPeerMax, bytesPerPeerMax } = this.options.limits;
    return (
      !this.hasEnded &&
      !this.isStopping &&
      !this.isBlocked &&
      this.unanswered < callsPerPeerMax &&
      this.unansweredBytes < bytesPerPeerMax
    );
  }

  private read(): void {
    try {
      while (this.mayRead) {
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
      return;
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
    this.write(helloReplyFrame(hello));
  }

  private serve(
    { callId, method, entityId, request, timeoutMs }: IncomingCall,
    nowMs: number,
    from: PeerIdentity,
  ): void {
    this.unanswered += 1;
    this.unansweredBytes += request.length;
    this.options.serve({ method, entityId, request, deadlineMs: nowMs + timeoutMs }, from).then(
      (reply) => this.finish({ callId, reply, requestBytes: request.length }),
      (error: unknown) => {
        this.options.log('error', 'a call of a peer failed in an unexpected way', { ...this.fields(), err: error });
        this.finish({ callId, reply: internalError, requestBytes: request.length });
      },
    );
  }

  private finish(call: Finished): void {
    if (this.hasEnded) return;
    this.finished.push(call);
    if (this.isFlushDue || this.isBlocked) return;
    this.isFlushDue = true;
    this.options.clock.soon(() => {
      this.isFlushDue = false;
      this.flush();
    });
  }

  private flush(): void {
    let from = 0;
    while (from < this.finished.length && !this.isBlocked && !this.hasEnded) {
      const to = this.frameEnd(from);
      this.write(replyFrame(this.finished.slice(from, to)));
      from = to;
    }
    for (const { requestBytes } of this.finished.splice(0, from)) {
      this.unanswered -= 1;
      this.unansweredBytes -= requestBytes;
    }
    this.endIfDone();
    this.read();
  }

  /** Where the frame ends that begins with the reply at `from`. */
  private frameEnd(from: number): number {
    const most = Math.min(this.finished.length, from + this.options.limits.peerBatchCallsMax);
    let bytes = 0;
    let to = from;
    for (; to < most && bytes < FRAME_BYTES; to += 1) {
      const next = this.finished[to];
      if (next !== undefined) bytes += replyBytes(next.reply);
    }
    return to;
  }

  private write(frame: Buffer): void {
    this.isBlocked = !this.stream.write(frame);
  }

  private endIfDone(): void {
    if (this.isStopping && this.unanswered === 0) this.end(LinkStatus.UNAVAILABLE, 'the node stops');
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
    this.finished = [];
    this.events.ended();
  }

  private fields(): Readonly<Record<string, unknown>> {
    return {
      address: this.address,
      ...(this.caller === undefined ? {} : { peer: this.caller.nodeId, boot: this.caller.bootId }),
    };
  }
}
