import type { PeerReply } from '../../cluster/ports.js';
import type { Clock } from '../../runtime/index.js';
import { FRAME_BYTES, type PeerLimits } from './limits.js';
import { replyBytes, replyFrame, type NamedReply } from './reply-frames.js';

/** A call that was answered and whose reply is not written yet. */
interface Finished extends NamedReply {
  /** Of the request, for the bounds. */
  readonly requestBytes: number;
}

/**
 * The calls of one link that were taken and not replied to, and their replies on the way
 * out: those of one tick in few frames, none while the peer does not read.
 */
export class ReplyOutbox {
  private unanswered = 0;
  private unansweredBytes = 0;
  private finished: Finished[] = [];
  private isFlushDue = false;
  /** The peer is not reading: no frame until there is room. */
  private isBlocked = false;
  private isClosed = false;

  /**
   * @param write writes a frame; false when no other may be written before `drained`
   * @param flushed called when replies were written, or could not be
   */
  constructor(
    private readonly clock: Clock,
    private readonly limits: PeerLimits,
    private readonly write: (frame: Buffer) => boolean,
    private readonly flushed: () => void,
  ) {}

  /** Whether another call may be taken. */
  get hasRoom(): boolean {
    const { callsPerPeerMax, bytesPerPeerMax } = this.limits;
    return !this.isBlocked && this.unanswered < callsPerPeerMax && this.unansweredBytes < bytesPerPeerMax;
  }

  /** Whether every call that was taken is replied to. */
  get isEmpty(): boolean {
    return this.unanswered === 0;
  }

  /** Notes a call that `reply` will be called for. */
  expect(requestBytes: number): void {
    this.unanswered += 1;
    this.unansweredBytes += requestBytes;
  }

  reply(callId: number, reply: PeerReply, requestBytes: number): void {
    if (this.isClosed) return;
    this.finished.push({ callId, reply, requestBytes });
    if (this.isFlushDue || this.isBlocked) return;
    this.isFlushDue = true;
    this.clock.soon(() => {
      this.isFlushDue = false;
      this.flush();
    });
  }

  /** There is room for frames again. */
  drained(): void {
    this.isBlocked = false;
    this.flush();
  }

  /** Nothing more is written. Idempotent. */
  close(): void {
    this.isClosed = true;
    this.finished = [];
  }

  private flush(): void {
    let from = 0;
    while (from < this.finished.length && !this.isBlocked) {
      const to = this.frameEnd(from);
      this.isBlocked = !this.write(replyFrame(this.finished.slice(from, to)));
      from = to;
    }
    for (const { requestBytes } of this.finished.splice(0, from)) {
      this.unanswered -= 1;
      this.unansweredBytes -= requestBytes;
    }
    this.flushed();
  }

  /** Where the frame ends that begins with the reply at `from`. */
  private frameEnd(from: number): number {
    const most = Math.min(this.finished.length, from + this.limits.peerBatchCallsMax);
    let bytes = 0;
    let to = from;
    for (; to < most && bytes < FRAME_BYTES; to += 1) {
      const next = this.finished[to];
      if (next !== undefined) bytes += replyBytes(next.reply);
    }
    return to;
  }
}
