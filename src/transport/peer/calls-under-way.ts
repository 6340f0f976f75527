import { PeerUnreachable, type PeerCall, type PeerReply } from '../../cluster/ports.js';
import type { Clock } from '../../runtime/index.js';
import { TableById } from '../table-by-id.js';
import { DeadlineWatch } from './deadline-watch.js';
import type { OutgoingCall } from './call-frames.js';
import { UINT32_MAX } from './frame-fields.js';
import { FRAME_BYTES, type PeerLimits } from './limits.js';

/** A call and whoever waits for it. */
interface Waiting extends OutgoingCall {
  readonly resolve: (reply: PeerReply) => void;
  readonly reject: (error: PeerUnreachable) => void;
  isWritten: boolean;
  /** Whoever waited was told that it is late. The peer may still be at it. */
  isLate: boolean;
  /** The call to be written after this one. */
  next: Waiting | undefined;
}

/**
 * The calls of one link from the asking to the answer: first in line to be written, then
 * awaited. A call that is late keeps its place until its reply comes, for it is still
 * work of the peer, and counts towards the bounds.
 */
export class CallsUnderWay {
  private readonly waiting = new TableById<Waiting>();
  private firstUnwritten: Waiting | undefined;
  private lastUnwritten: Waiting | undefined;
  private bytes = 0;
  private callId = 0;
  private readonly deadlines: DeadlineWatch;

  /**
   * @param peer how the peer is called in errors
   * @param lastId ids come round after it; more than callsPerPeerMax
   */
  constructor(
    private readonly peer: string,
    private readonly clock: Clock,
    private readonly limits: PeerLimits,
    private readonly lastId = UINT32_MAX,
  ) {
    this.deadlines = new DeadlineWatch(clock, (nowMs) => this.endLate(nowMs));
  }

  /** Puts a call last in line. Rejects at once, `full`, when the bounds are reached. */
  add(call: PeerCall): Promise<PeerReply> {
    if (this.waiting.size >= this.limits.callsPerPeerMax) {
      return this.refuse(`${String(this.waiting.size)} calls to ${this.peer} are under way, as many as may be`);
    }
    if (this.bytes + bytesOf(call) > this.limits.bytesPerPeerMax) {
      return this.refuse(`${String(this.bytes)} bytes of calls to ${this.peer} are under way, no room for more`);
    }
    return new Promise((resolve, reject) => {
      const callId = this.freeCallId();
      const waiting = { callId, call, resolve, reject, isWritten: false, isLate: false, next: undefined };
      this.waiting.set(callId, waiting);
      this.bytes += bytesOf(call);
      if (this.lastUnwritten === undefined) this.firstUnwritten = waiting;
      else this.lastUnwritten.next = waiting;
      this.lastUnwritten = waiting;
      this.deadlines.add(call.deadlineMs);
    });
  }

  /** The calls of the next frame, in the order they were made; none when all are written. They count as written. */
  takeFrame(nowMs: number): readonly OutgoingCall[] {
    const frame: OutgoingCall[] = [];
    let bytes = 0;
    while (frame.length < this.limits.peerBatchCallsMax && bytes < FRAME_BYTES) {
      const waiting = this.takeUnwritten();
      if (waiting === undefined) break;
      if (waiting.isLate || waiting.call.deadlineMs <= nowMs) {
        this.forget(waiting);
        this.endAsLate(waiting);
        continue;
      }
      waiting.isWritten = true;
      bytes += bytesOf(waiting.call);
      frame.push(waiting);
    }
    return frame;
  }

  /** Gives the reply to whoever waits for it; false when no such call was written. */
  settle(callId: number, reply: PeerReply): boolean {
    const waiting = this.waiting.get(callId);
    if (waiting?.isWritten !== true) return false;
    this.forget(waiting);
    if (!waiting.isLate) waiting.resolve(reply);
    return true;
  }

  /** The link is gone: what was written is in doubt, the rest was never sent. */
  failAll(reason: string): void {
    const failed = this.waiting.values();
    this.waiting.clear();
    this.firstUnwritten = undefined;
    this.lastUnwritten = undefined;
    this.bytes = 0;
    this.deadlines.stop();
    for (const { isLate, isWritten, reject } of failed) {
      if (isLate) continue;
      reject(
        isWritten
          ? new PeerUnreachable(`the link to ${this.peer} broke before the reply: ${reason}`, 'in-doubt')
          : new PeerUnreachable(`not sent to ${this.peer}: ${reason}`, 'unsent'),
      );
    }
  }

  private refuse(message: string): Promise<never> {
    return Promise.reject(new PeerUnreachable(message, 'full'));
  }

  private freeCallId(): number {
    do this.callId = this.callId === this.lastId ? 1 : this.callId + 1;
    while (this.waiting.has(this.callId));
    return this.callId;
  }

  private takeUnwritten(): Waiting | undefined {
    const first = this.firstUnwritten;
    if (first === undefined) return undefined;
    this.firstUnwritten = first.next;
    if (first.next === undefined) this.lastUnwritten = undefined;
    first.next = undefined;
    return first;
  }

  private forget({ callId, call }: Waiting): void {
    this.waiting.delete(callId);
    this.bytes -= bytesOf(call);
  }

  /** Tells everybody whose deadline has passed; answers the earliest deadline of the rest. */
  private endLate(nowMs: number): number {
    let earliestMs = Infinity;
    for (const waiting of this.waiting.values()) {
      if (waiting.isLate) continue;
      if (waiting.call.deadlineMs <= nowMs) this.endAsLate(waiting);
      else earliestMs = Math.min(earliestMs, waiting.call.deadlineMs);
    }
    return earliestMs;
  }

  private endAsLate(waiting: Waiting): void {
    if (waiting.isLate) return;
    waiting.isLate = true;
    waiting.reject(new PeerUnreachable(`${this.peer} did not answer before the deadline`, 'late'));
  }
}

function bytesOf({ request, entityId }: PeerCall): number {
  return request.length + entityId.length;
}
